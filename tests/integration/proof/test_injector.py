"""The injector runs a schedule, and its history says when what began and when it was over."""

import asyncio
from pathlib import Path

import pytest

from tests.integration.proof.looking import says_ready
from tests.proof.cluster import Cluster
from tests.proof.history import How, Line, Writer, read
from tests.proof.injector import Injector
from tests.proof.schedule import parse

pytestmark = pytest.mark.timeout(60)  # the machine may have more to do than it has cores


async def run(
    cluster: Cluster, folder: Path, text: str, heals_within: float = 60
) -> tuple[list[Line], list[tuple[str, str]]]:
    """The history of a schedule, and what was poisoned."""
    poisoned: list[tuple[str, str]] = []

    async def poison(kind: str, topic: str) -> None:
        poisoned.append((kind, topic))

    with Writer(folder / "history.jsonl") as history:
        await Injector(cluster, history, poison, heals_within).run(parse(text))
    return list(read(folder / "history.jsonl")), poisoned


def of(lines: list[Line], number: int) -> dict[How, Line]:
    """What is said of one fault."""
    return {line.how: line for line in lines if line.id == str(number)}


async def test_a_fault_begins_at_its_time_and_is_over_when_what_it_hit_serves_again(
    cluster: Cluster, tmp_path: Path
) -> None:
    lines, poisoned = await run(
        cluster, tmp_path, "at 0.2 freeze intake for 1\nat 0.5 poison incidents.fire null_value\nat 0.6 kill alerting-b"
    )
    assert {(line.who, line.op) for line in lines} == {("faults", "fault")}
    assert poisoned == [("null_value", "incidents.fire")]
    frozen, _, killed = (of(lines, number) for number in (1, 2, 3))
    assert frozen[How.INVOKE].value == {
        "kind": "freeze", "target": "intake", "seconds": 1.0, "text": "at 0.2 freeze intake for 1"
    }  # fmt: skip
    assert frozen[How.OK].t - frozen[How.INVOKE].t >= 1.0
    assert killed[How.INVOKE].t < frozen[How.OK].t, "they overlap"
    assert killed[How.OK].t - killed[How.INVOKE].t > 0.5
    assert await says_ready(cluster, "alerting-b") == 200


async def test_a_fault_that_comes_after_another_waits_until_that_has_healed(cluster: Cluster, tmp_path: Path) -> None:
    lines, _ = await run(cluster, tmp_path, "at 0 kill alerting-a\nat 0.1 kill alerting-b")
    first, second = of(lines, 1), of(lines, 2)
    assert first[How.OK].t <= second[How.INVOKE].t


async def test_what_does_not_heal_in_time_or_cannot_be_done_is_said_and_the_run_goes_on(
    cluster: Cluster, tmp_path: Path
) -> None:
    lines, _ = await run(
        cluster,
        tmp_path,
        "at 0 kill intake\nat 0.1 restart kafka-1 empty\nat 0.2 kill nobody\nat 0.3 freeze reporting",
        0.2,
    )
    assert [set(of(lines, number)) for number in (1, 2, 3, 4)] == [
        {How.INVOKE, How.INFO}, {How.INVOKE, How.FAIL}, {How.INVOKE, How.FAIL}, {How.INVOKE, How.OK}
    ]  # fmt: skip
    assert of(lines, 1)[How.INFO].value["why"] == "not healed after 0.2 s"
    assert "nobody else has it" in of(lines, 2)[How.FAIL].value["why"]
    assert "nobody" in of(lines, 3)[How.FAIL].value["why"]


async def test_a_run_that_is_ended_undoes_its_faults(cluster: Cluster, tmp_path: Path) -> None:
    running = asyncio.create_task(
        run(cluster, tmp_path, "at 0 freeze reporting for 60\nat 0 refuse sender-intake for 60")
    )
    await asyncio.sleep(0.5)
    assert await says_ready(cluster, "reporting", within=0.5) is None
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await says_ready(cluster, "reporting", within=5) == 200
    _, writer = await asyncio.open_connection("127.0.0.1", cluster.links["sender-intake"].ports[0])
    writer.close()
    await writer.wait_closed()
