"""A phone and its owner, with a made-up alerting on the other side of a real socket."""

import asyncio
from pathlib import Path

import aiohttp
import orjson
import pytest
from aiohttp import web

from tests.integration.proof.counterpart import SEED, service
from tests.proof.clients.board import Board
from tests.proof.clients.characters import Paged, replies
from tests.proof.clients.phones import Phones, says
from tests.proof.history import How, Writer, read
from tests.proof.target import Target

MEMBER = "anna"


def key_of_page(*answers: int | str) -> str:
    """The key of a page to whose tries the phone says just that."""
    keys = (f"page-{n}:page" for n in range(10_000))
    return next(key for key in keys if tuple(says(SEED, key, n + 1) for n in range(len(answers))) == answers)


def page(target: Target, key: str) -> dict[str, object]:
    """A page of an alert to which its member gives one answer, and soon."""
    names = (f"alert-{n}" for n in range(10_000))
    said = {name: replies(SEED, Paged(name, MEMBER, 1, 1)) for name in names}
    alert = next(name for name, (*found,) in said.items() if len(found) == 1 and found[0].after_s < 0.5)
    return {
        "type": "page", "page_id": key.partition(":")[0], "alert_id": alert, "member_id": MEMBER, "step": 1,
        "drill": False, "building": "B01", "answer_url": f"{target.alerting[0]}/answer?token=t",
    }  # fmt: skip


async def rung(phones: Phones, target: Target, key: str, times: int) -> list[int | str]:
    """What the phone says to the same message, each time it comes; then its owner has answered."""
    said: list[int | str] = []
    async with aiohttp.ClientSession() as client:
        for _ in range(times):
            try:
                url = f"{target.phones_url}/{MEMBER}"
                async with client.post(url, json=page(target, key), headers={"Idempotency-Key": key}) as answer:
                    said.append(answer.status)
            except aiohttp.ClientError:
                said.append("cut")
    async with asyncio.timeout(10):
        while phones.busy:
            await asyncio.sleep(0.01)
    return said


@pytest.mark.parametrize("last", [How.OK, How.FAIL])
async def test_an_owner_answers_a_page_once_however_often_it_comes_and_again_until_he_is_heard(
    tmp_path: Path, last: How
) -> None:
    heard: list[bytes] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        heard.append(await request.read())
        if len(heard) == 1:
            return web.Response(status=503, headers={"Retry-After": "0"})
        return web.Response(status=200 if last is How.OK else 404)

    key = key_of_page(204)
    async with service(handler) as target:
        with Writer(tmp_path / "h") as history:
            async with Phones(target, Board(), history, SEED) as phones:
                assert await rung(phones, target, key, 4) == [204] * 4
        lines = list(read(tmp_path / "h"))
    assert [(line.id, line.value["answered"]) for line in lines if line.op == "message"] == [(key, 204)] * 4
    answers = [line for line in lines if line.op == "answer"]
    assert [line.how for line in answers] == [How.INVOKE, How.FAIL, How.INVOKE, last]
    assert {line.who for line in answers} == {f"phone-{MEMBER}"}
    assert len({line.id for line in answers}) == 2
    assert {orjson.loads(body)["answer"] for body in heard} == {answers[0].value["answer"]}


@pytest.mark.parametrize("tries", [(503, 204), ("cut", 204), (503, 503, 204), ("cut", "cut", 204)])
async def test_a_phone_may_not_take_a_message_and_its_owner_answers_once_it_did(
    tmp_path: Path, tries: tuple[int | str, ...]
) -> None:
    heard: list[bytes] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        heard.append(await request.read())
        return web.Response(status=200)

    key = key_of_page(*tries)
    async with service(handler) as target:
        with Writer(tmp_path / "h") as history:
            board = Board()
            async with Phones(target, board, history, SEED) as phones:
                assert await rung(phones, target, key, len(tries) - 1) == list(tries[:-1])
                assert (heard, board.alerts) == ([], {})
                assert await rung(phones, target, key, 1) == [204]
        lines = list(read(tmp_path / "h"))
    assert [line.value["answered"] for line in lines if line.op == "message"] == list(tries)
    assert len(heard) == 1
    assert len(board.alerts) == 1
