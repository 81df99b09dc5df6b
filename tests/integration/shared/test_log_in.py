"""The log-in page, asked by many at once and by somebody who guesses."""

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared import clock
from shared.auth import COOKIE, Auth, hash_password
from shared.log_in import LINE, WRONG_PER_MINUTE
from shared.pages import Pages
from shared.settings import Common

SECRET = "a secret of the tests, long enough to sign"
OFFICE, HOME, PROXY = "192.0.2.10", "198.51.100.7", "127.0.0.1"
MANY = "Too many wrong passwords came from your network."
BUSY = "Very many people are logging in just now."


class Door:
    """The log-in page of a service with one account, whose passwords are checked by `auth`."""

    def __init__(self, auth: Auth) -> None:
        self.auth = auth
        app: Any = FastAPI()
        app.include_router(Pages("services.reporting", "/monitor").log_in(auth, home="/monitor/"))
        self._app: Any = ProxyHeadersMiddleware(app, Common().meldkamer_proxies)

    async def knock(self, password: str, address: str = OFFICE, language: str = "en", by: str = "") -> httpx.Response:
        """Somebody's attempt from an address, by way of a proxy that tells it or straight."""
        transport = httpx.ASGITransport(app=self._app, client=(by or address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://campus.test") as browser:
            form = {"username": "operator", "password": password, "back": "/monitor/?building=HORST"}
            headers = {"accept-language": language, **({"x-forwarded-for": address} if by else {})}
            return await browser.post("/monitor/login", data=form, headers=headers)

    async def guess(self, times: int) -> list[int]:
        """The statuses of so many wrong passwords from the office, one after another."""
        return [(await self.knock("wrong")).status_code for _ in range(times)]


@pytest.fixture
def door(tmp_path: Path) -> Door:
    accounts = tmp_path / "accounts.json"
    rows = [{"username": "operator", "password_hash": hash_password("right"), "role": "operator"}]
    accounts.write_text(json.dumps(rows))
    return Door(Auth(Common.model_validate({"meldkamer_secret": SECRET, "meldkamer_accounts": accounts})))


@pytest.fixture
def quick_door(door: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The same, without the work that a check takes."""
    monkeypatch.setattr(door.auth, "log_in", lambda _, password: "a session" if password == "right" else None)
    return door


async def test_a_right_password_opens_and_a_wrong_one_says_so(door: Door) -> None:
    opened, refused = await door.knock("right"), await door.knock("wrong")
    assert (opened.status_code, opened.headers["location"]) == (303, "/monitor/?building=HORST")
    assert COOKIE in opened.cookies
    assert refused.status_code == 401
    assert "This name and password do not belong together." in refused.text
    assert COOKIE not in refused.cookies
    assert "retry-after" not in refused.headers


async def test_who_guesses_has_to_wait_and_others_need_not(quick_door: Door) -> None:
    assert await quick_door.guess(WRONG_PER_MINUTE) == [401] * WRONG_PER_MINUTE
    refused = await quick_door.knock("right")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert MANY in refused.text
    assert 'value="/monitor/?building=HORST"' in refused.text
    assert (await quick_door.knock("right", HOME)).status_code == 303


async def test_after_the_wait_he_may_try_again(quick_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    began = clock.monotonic()
    assert (await quick_door.guess(WRONG_PER_MINUTE + 1))[-1] == 429
    monkeypatch.setattr(clock, "monotonic", lambda: began + 61)
    assert (await quick_door.knock("right")).status_code == 303


async def test_the_address_is_what_our_proxy_says_and_no_other(quick_door: Door) -> None:
    await quick_door.guess(WRONG_PER_MINUTE)
    assert (await quick_door.knock("right", OFFICE, by=PROXY)).status_code == 429
    assert (await quick_door.knock("right", HOME, by=PROXY)).status_code == 303
    assert (await quick_door.knock("right", HOME, by=OFFICE)).status_code == 429


async def test_many_people_at_one_address_may_log_in(quick_door: Door) -> None:
    answers = [(await quick_door.knock("right")).status_code for _ in range(3 * WRONG_PER_MINUTE)]
    assert set(answers) == {303}


async def test_the_wait_is_told_in_dutch(quick_door: Door) -> None:
    await quick_door.guess(WRONG_PER_MINUTE)
    assert "te veel verkeerde wachtwoorden vanaf jouw netwerk" in (await quick_door.knock("x", language="nl")).text


def test_the_numbers_are_told_to_operators() -> None:
    told = (Path(__file__).parents[3] / "docs" / "running.md").read_text()
    assert f"after {WRONG_PER_MINUTE} wrong ones within a minute" in told
    assert f"more than {LINE} checks in the line" in told


class Slow:
    """A check that takes until it is let go, and who is in it."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.at_once = 0
        self.most_at_once = 0

    def __call__(self, username: str, password: str) -> str:  # noqa: ARG002
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.go.wait(10)
        self.at_once -= 1
        return "a session"


async def test_a_crowd_waits_in_a_short_line_beside_everything_else(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow()
    monkeypatch.setattr(door.auth, "log_in", slow)
    crowd = [asyncio.create_task(door.knock("right", f"192.0.2.{n}")) for n in range(LINE + 5)]
    await until(lambda: sum(task.done() for task in crowd) == 5)
    refused = [task.result() for task in crowd if task.done()]
    assert {(answer.status_code, answer.headers["retry-after"]) for answer in refused} == {(503, "2")}
    assert all(BUSY in answer.text for answer in refused)
    assert "Er loggen nu heel veel mensen in." in (await door.knock("right", HOME, language="nl")).text
    async with asyncio.timeout(5):
        await asyncio.gather(*(asyncio.to_thread(threading.get_ident) for _ in range(100)))
    slow.go.set()
    answers = [answer.status_code for answer in await asyncio.gather(*crowd)]
    assert (answers.count(303), answers.count(503)) == (LINE, 5)
    assert slow.most_at_once == 1
    assert (await door.knock("right")).status_code == 303


async def until(condition: Callable[[], bool]) -> None:
    """Wait for the tasks of this loop."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)
