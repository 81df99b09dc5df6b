"""The open tablet: the responder's page listens, PostgreSQL tells every replica which member has news.

Only "look again" travels here; the page itself is read from the database, so that a tablet that was away misses
nothing. Its receipt comes back over HTTP.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from services.alerting.channels.outcome import Outcome, Retry, Sent
from shared import db
from shared.db import Pool

KIND = "tablet"
CHANNEL = "tablet"
PROBE_S = 2.0
RETRY_S = 0.5


class Tablets:
    """Who listens in this process, and the one LISTEN connection that wakes them."""

    def __init__(self, url: str, pool: Pool) -> None:
        self._url = url
        self._pool = pool
        self._open: dict[str, set[asyncio.Event]] = {}
        self.hears = False  # whether news can come at all: PostgreSQL answers on the connection that listens
        self.alerts: asyncio.Queue[UUID] = asyncio.Queue()  # those that some replica changed; Onlookers takes them

    @property
    def members(self) -> list[str]:
        """Whose tablets are open in this process."""
        return list(self._open)

    async def send(self, address: str, key: str, body: Mapping[str, Any]) -> Outcome:  # noqa: ARG002
        """Tell every replica; handed over, not yet delivered: the tablet itself sends the receipt."""
        try:
            await self._pool.execute("SELECT pg_notify($1, $2)", CHANNEL, json.dumps({"member": body["member_id"]}))
        except Exception as error:
            if db.is_transient(error):
                return Retry(type(error).__name__)
            raise
        return Sent(delivered=False)

    @asynccontextmanager
    async def listening(self, member_id: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever this member has news; clear it before looking."""
        event = asyncio.Event()
        self._open.setdefault(member_id, set()).add(event)
        try:
            yield event
        finally:
            self._open[member_id].discard(event)
            if not self._open[member_id]:
                del self._open[member_id]

    async def run(self) -> None:
        """LISTEN on a connection of its own until cancelled; after each (re)connect everybody looks once."""
        while True:
            try:
                await self._listen()
            except db.FAILURES as error:
                db.raise_unless_transient(error)
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=3, command_timeout=3)
        try:
            await connection.add_listener(CHANNEL, self._on_notify)
            self.hears = True
            for member_id in self.members:
                self.wake(member_id)
            while True:
                await asyncio.sleep(PROBE_S)
                await connection.execute("SELECT 1")
        finally:
            self.hears = False
            await connection.close(timeout=1)

    def _on_notify(self, connection: object, pid: int, channel: str, payload: object) -> None:  # noqa: ARG002
        told = json.loads(str(payload))
        for alert_id in told.get("alerts", ()):
            self.alerts.put_nowait(UUID(alert_id))
        if "member" in told:
            self.wake(told["member"])

    def wake(self, member_id: str) -> None:
        """This member's tablets in this process look again."""
        for event in self._open.get(member_id, ()):
            event.set()
