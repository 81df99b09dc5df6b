"""A source, with a made-up intake on the other side of a real socket."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from aiohttp import web

from shared.campus import Scope
from shared.words import Kind
from tests.integration.proof.counterpart import SEED, service
from tests.proof.clients.mix import Report
from tests.proof.clients.sender import REMEMBERED, Sender
from tests.proof.history import How, Line, Writer, read
from tests.proof.target import Target


def report(name: str) -> Report:
    """Anything."""
    return Report(name, UUID(int=1), Scope.GENERAL, {"kind": "water"}, "B01", Kind.WATER, "view")


async def said(target: Target, path: Path, names: Sequence[str], lot: int, until: Callable[[], bool]) -> list[Line]:
    """What a sender writes of these reports; it is closed once `until` holds."""
    with Writer(path) as history:
        sender = Sender("sender-1", Scope.GENERAL, lot, target, history, SEED)
        running = asyncio.create_task(sender.run())
        for name in names:
            sender.offer(report(name))
        async with asyncio.timeout(10):
            while not until():
                await asyncio.sleep(0.01)
        sender.close()
        await running
    return list(read(path))


async def test_a_refused_and_an_unknown_report_is_said_again_by_the_same_name_until_it_is_taken(tmp_path: Path) -> None:
    tries: list[bytes] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        tries.append(await request.read())
        if len(tries) == 1:
            return web.Response(status=503, headers={"Retry-After": "0"})
        if len(tries) == 2:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"incident_id": "one", "status": "published"}, status=202)

    async with service(handler) as target:
        lines = await said(target, tmp_path / "h", ["stays"], 1, lambda: len(tries) == 3)
    assert [(line.how, line.id, line.value.get("n"), line.value.get("status")) for line in lines] == [
        (How.INVOKE, "stays", 1, None), (How.FAIL, "stays", None, 503),
        (How.INVOKE, "stays", 2, None), (How.INFO, "stays", None, None),
        (How.INVOKE, "stays", 3, None), (How.OK, "stays", None, None),
    ]  # fmt: skip
    assert len(set(tries)) == 1


async def test_each_report_of_a_batch_has_its_own_answer_and_only_the_refused_are_said_again(tmp_path: Path) -> None:
    bodies: list[bytes] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        bodies.append(await request.read())
        refused = {"status": "refused", "problem": {"status": 503}}
        wrong = {"status": "refused", "problem": {"status": 422}}
        taken = {"status": "published", "incident_id": "x"}
        answers = [taken, refused, wrong] if len(bodies) == 1 else [taken]
        return web.json_response(answers, status=202)

    async with service(handler) as target:
        lines = await said(target, tmp_path / "h", ["a", "b", "c"], 10, lambda: len(bodies) == 2)
    answers = [(line.id, line.how, line.value.get("status")) for line in lines if line.how is not How.INVOKE]
    assert answers == [("a", How.OK, None), ("b", How.FAIL, 503), ("c", How.FAIL, 422), ("b", How.OK, None)]
    assert [body.count(b"\n") for body in bodies] == [2, 0]


async def test_a_source_that_is_not_heard_forgets_what_it_cannot_keep_and_ends_when_it_is_told(tmp_path: Path) -> None:
    hanging = asyncio.Event()

    async def handler(_: web.Request) -> web.StreamResponse:
        hanging.set()
        return web.Response(status=503, headers={"Retry-After": "600"})

    async with service(handler) as target:
        names = [str(n) for n in range(REMEMBERED * 2)]
        lines = await said(target, tmp_path / "h", names, 1, hanging.is_set)
    assert {line.value.get("status") for line in lines if line.how is How.FAIL} == {503}
    assert len({line.id for line in lines}) < REMEMBERED
