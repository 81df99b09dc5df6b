"""A short load on the real product: every kind of line is written, every call is answered, nothing accepted is lost."""

import asyncio
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.embedded.ports import free_ports
from shared import topics
from tests.e2e.product import Product
from tests.proof import grounds, readback
from tests.proof.apart import LoadApart
from tests.proof.clients.poisoner import Poison, Poisoner
from tests.proof.history import How, Line, Writer, read
from tests.proof.target import Target, of_product

SECONDS, RATE, SEED = 7.0, 40.0, 20261122
OPS = {
    "report": {How.INVOKE, How.OK},
    "answer": {How.INVOKE, How.OK},
    "close": {How.INVOKE, How.OK},
    "stream": {How.INVOKE, How.INFO, How.FAIL},
    "poison": {How.INVOKE, How.OK},
    **{op: {How.INFO} for op in ("run", "message", "level", "record", "row", "rebuild")},
}


@pytest.fixture(scope="module")
async def lines(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Line]:
    """The history of one load, the load a process of its own; a record of each poison is on topics that both read."""
    path = tmp_path_factory.mktemp("proof") / "history.jsonl"
    with tempfile.TemporaryDirectory(prefix="meldkamer-load-", ignore_cleanup_errors=True) as folder:
        product = Product(Path(folder), grounds.campus_file())
        try:
            await product.start()
            target = of_product(product, free_ports(1)[0])
            with Writer(path) as history:
                async with LoadApart(target, path, SEED, RATE) as load, Poisoner(target.bootstrap, history) as poisoner:
                    for n, kind in enumerate(Poison):
                        await poisoner.poison(kind, topics.INCIDENTS[n % len(topics.INCIDENTS)])
                    await load.run(SECONDS)
                    await load.settle(10)
                await readback.read_back(target, history)
            await _leaves_with_its_run(target, path.with_name("left.jsonl"))
        finally:
            await product.stop()
    return list(read(path))


async def _leaves_with_its_run(target: Target, path: Path) -> None:
    """A load whose run is gone in the middle of it ends by itself: one that must be killed raises."""
    async with LoadApart(target, path, SEED, rate=1) as load:
        running = asyncio.create_task(load.run(600))
        await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="did not run 600"):
        await running


@pytest.mark.timeout(90)
async def test_every_operation_appears_with_each_of_its_outcomes(lines: Sequence[Line]) -> None:
    found: dict[str, set[How]] = defaultdict(set)
    for line in lines:
        found[line.op].add(line.how)
    assert {op: hows <= found[op] for op, hows in OPS.items()} == dict.fromkeys(OPS, True)
    tables = {line.value["table"] for line in lines if line.op == "row"}
    assert tables >= {*readback.TABLES, *readback.BY_SERVICE} - {"timers"}


async def test_every_call_is_answered_before_it_is_made_again(lines: Sequence[Line]) -> None:
    open_: set[tuple[str, str, str]] = set()
    for line in lines:
        call = (line.who, line.op, line.id)
        if line.op not in ("report", "answer", "close", "poison"):
            continue
        if line.how is How.INVOKE:
            assert call not in open_
            open_.add(call)
        else:
            open_.remove(call)
    assert open_ == set()


async def test_reports_come_at_their_rate_and_each_is_what_its_sender_says_it_is(lines: Sequence[Line]) -> None:
    asked = {line.id: line.value for line in lines if (line.op, line.how) == ("report", How.INVOKE)}
    assert SECONDS * RATE * 0.9 <= len(asked) <= SECONDS * RATE
    viewed = sum(value["expects"] == "view" for value in asked.values())
    assert 0.35 < viewed / len(asked) < 0.75
    told = {line.id: line.value["incident_id"] for line in lines if (line.op, line.how) == ("report", How.OK)}
    assert told == {id_: asked[id_]["incident_id"] for id_ in told}


async def test_the_read_back_finds_every_accepted_report_on_its_topic_and_in_its_view(lines: Sequence[Line]) -> None:
    accepted = {line.value["incident_id"] for line in lines if (line.op, line.how) == ("report", How.OK)}
    assert len(accepted) > SECONDS * RATE / 2
    recorded = {line.value["incident_id"] for line in lines if line.op == "record" and "incident_id" in line.value}
    viewed = {line.value["incident_id"] for line in lines if line.value.get("table") == "view_incidents"}
    assert accepted <= recorded
    assert accepted <= viewed
    assert [line.value["differences"] for line in lines if line.op == "rebuild"] == [{}]


async def test_what_was_to_page_is_in_an_alert_and_somebodys_phone_rang_for_it(lines: Sequence[Line]) -> None:
    expecting = {line.id for line in lines if line.how is How.INVOKE and line.value.get("expects") == "page"}
    accepted = {
        line.value["incident_id"]
        for line in lines
        if (line.op, line.how) == ("report", How.OK) and line.id in expecting
    }
    alerts = {line.value["alert_id"]: line.value["incident_ids"] for line in lines if _is_row(line, "view_alerts")}
    assert accepted <= {incident for incidents in alerts.values() for incident in incidents}
    assert alerts.keys() == {line.value["alert_id"] for line in lines if line.op == "message"}


async def test_poison_cannot_be_read_back_and_each_service_has_it_in_its_dead_letters(lines: Sequence[Line]) -> None:
    put = {_place(line) for line in lines if (line.op, line.how) == ("poison", How.OK)}
    assert len(put) == len(Poison)
    unreadable = Counter(_place(line) for line in lines if line.op == "record" and line.value["type"] is None)
    assert {place for place in unreadable if not place[0].endswith(".dead")} == put
    dead = Counter(_place(line) for line in lines if _is_row(line, "dead_letters"))
    assert dead == dict.fromkeys(put, 2)


async def test_a_level_is_looked_at_once_a_second_and_goes_down_to_nothing(lines: Sequence[Line]) -> None:
    levels = [line for line in lines if line.op == "level"]
    assert len(levels) >= SECONDS
    last = levels[-1].value
    assert (last["lag"], last["outbox"], last["overdue"]) == (0, 0, 0)
    assert last["ready"] == dict.fromkeys(("intake", "alerting", "reporting"), True)


def _is_row(line: Line, table: str) -> bool:
    return line.op == "row" and line.value["table"] == table


def _place(line: Line) -> tuple[str, int, int]:
    return line.value["topic"], line.value["partition"], line.value["offset"]
