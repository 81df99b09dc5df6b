"""A whole reporting service for tests, and people who look at it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from itsdangerous import URLSafeTimedSerializer

from services.reporting.app import build
from services.reporting.fold import fold
from services.reporting.settings import Settings
from shared import db
from shared.auth import COOKIE
from shared.db import Pool
from shared.events import Event
from shared.words import Role

SECRET = "a secret of this test, long enough to sign"
TOKEN = "an admin token of this test"
NO_BROKER = ["127.0.0.1:9"]


@dataclass
class Room:
    """The service at `url`, and a pool of its role to fold events in as the consumer does."""

    app: FastAPI
    url: str
    pool: Pool

    async def fold(self, *events: Event) -> None:
        """What the consumer does with a batch, in its own transaction."""
        async with db.transaction(self.pool) as tx:
            await fold(events, tx)

    def client(self, role: Role | None = Role.ADMIN) -> httpx.AsyncClient:
        """A browser of somebody with this role; None is nobody."""
        cookies = {} if role is None else {COOKIE: session(role)}
        return httpx.AsyncClient(base_url=self.url, cookies=cookies, timeout=10)

    async def get(self, path: str, role: Role | None = Role.ADMIN) -> Any:
        """The JSON at a path, which must be there."""
        async with self.client(role) as client:
            answer = await client.get(path)
            assert answer.status_code == 200, answer.text
            return answer.json()

    @contextlib.asynccontextmanager
    async def live(
        self, role: Role = Role.OPERATOR, seen: int | str | None = None, by: str = "header"
    ) -> AsyncIterator["Reader"]:
        """A reader of the live stream, who has `seen` a revision and says so by header or query."""
        headers = {"Last-Event-ID": str(seen)} if seen is not None and by == "header" else {}
        path = f"/monitor/v1/live?last_event_id={seen}" if seen is not None and by == "query" else "/monitor/v1/live"
        async with self.client(role) as client, client.stream("GET", path, headers=headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            yield Reader(answer)


@dataclass(frozen=True)
class Told:
    """One server-sent event."""

    event: str
    id: int | None
    data: dict[str, Any]


class Reader:
    """Reads server-sent events one by one."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def next(self, *kinds: str, within: float = 5) -> Told:
        """The next event of these kinds, of any without one; others are passed over."""
        async with asyncio.timeout(within):
            while True:
                told = await self._event()
                if not kinds or told.event in kinds:
                    return told

    async def upto(self, revision: int) -> list[Told]:
        """Every change up to a revision."""
        told = [await self.next("incident", "alert", "page", "snapshot")]
        while (told[-1].id or 0) < revision:
            told.append(await self.next("incident", "alert", "page", "snapshot"))
        return told

    async def _event(self) -> Told:
        fields: dict[str, str] = {}
        while (line := await anext(self._lines)) != "":
            name, _, value = line.partition(": ")
            fields[name] = value
        return Told(fields["event"], int(fields["id"]) if "id" in fields else None, json.loads(fields["data"]))


def session(role: Role) -> str:
    """The cookie that a log-in would have given."""
    return URLSafeTimedSerializer(SECRET, salt="session").dumps([f"test {role}", role.value, None])


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Room]:
    """The service on a free port, until left; leaves as SIGTERM would make it.

    Without a broker the tests fold events in, and streams tick as if Kafka had told them.
    """
    app = build(settings)
    if settings.bootstrap == NO_BROKER:
        app.state.pulse.silent_s = lambda: 0.0
    server = Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=3))
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started, within=20)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with await db.open_pool(settings.database_url, "reporting") as pool:
        try:
            yield Room(app, f"http://127.0.0.1:{port}", pool)
        finally:
            app.state.leaving.set()
            server.should_exit = True
            await task


class Server(uvicorn.Server):
    """A server that leaves the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None."""
        yield


async def until(true: Callable[[], bool], within: float = 10) -> None:
    """Wait for something that cannot be awaited."""
    for _ in range(int(within / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(f"not within {within} s")


def ids(items: Sequence[dict[str, Any]], key: str) -> list[str]:
    """One field of each."""
    return [item[key] for item in items]
