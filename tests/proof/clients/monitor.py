"""A screen in the control room: follows the live stream, comes back when it ends, and notes every change it is told."""

import asyncio
import time
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any

import aiohttp
import orjson

from tests.proof.clients.board import Board
from tests.proof.clients.outcome import ERRORS
from tests.proof.history import How, Writer
from tests.proof.target import Target

SILENT_S = 25.0  # the server ticks every 10 s: a stream that is silent for longer is broken
BACK_S = 1.0
RESTLESS_S = 30.0
AWAKE_S, ASLEEP_S = 45.0, 15.0


class Habit(StrEnum):
    """How its reader treats a stream: follows it, leaves and comes back, or stops reading for a while."""

    STEADY = "steady"
    RESTLESS = "restless"
    SLOW = "slow"


class Monitor:
    """`run` until cancelled. The board, if given, is kept as this screen shows it."""

    def __init__(self, name: str, habit: Habit, target: Target, history: Writer, board: Board | None = None) -> None:
        self._name, self._habit, self._history, self._board = name, habit, history, board
        self._url = f"{target.reporting}/monitor/v1/live"
        self._headers = target.as_person
        self._last: str | None = None
        self._streams = 0
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """One stream after the other, each from where the last one ended."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=SILENT_S)
        async with aiohttp.ClientSession(timeout=timeout, headers=self._headers) as client:
            while True:
                self._streams += 1
                await self._follow(client, f"stream-{self._streams}")
                await asyncio.sleep(BACK_S)

    async def _follow(self, client: aiohttp.ClientSession, id_: str) -> None:
        self._history.write(self._name, "stream", How.INVOKE, id_, last_event_id=self._last)
        why = "cancelled"
        try:
            headers = {} if self._last is None else {"Last-Event-ID": self._last}
            async with client.get(self._url, headers=headers) as stream:
                stream.raise_for_status()
                async for event, told in self._events(stream):
                    self._note(id_, event, told)
            why = "ended"
        except ERRORS as error:
            why = type(error).__name__
        finally:
            self._history.write(self._name, "stream", How.FAIL, id_, why=why)

    async def _events(self, stream: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Name and data of each event that has an id; `_last` is that id."""
        rest = b""
        opened = paused = time.monotonic()
        async for chunk in stream.content.iter_any():
            self.connected.set()
            *whole, rest = (rest + chunk).split(b"\n\n")
            for raw in whole:
                fields = dict(line.split(b": ", 1) for line in raw.split(b"\n"))
                if b"id" in fields:
                    self._last = fields[b"id"].decode()
                    yield fields[b"event"].decode(), orjson.loads(fields[b"data"])
            now = time.monotonic()
            if self._habit is Habit.RESTLESS and now - opened > RESTLESS_S:
                return
            if self._habit is Habit.SLOW and now - paused > AWAKE_S:
                await asyncio.sleep(ASLEEP_S)
                paused = time.monotonic()

    def _note(self, id_: str, event: str, told: dict[str, Any]) -> None:
        """A snapshot has no entity; an incident has no version."""
        entity = told.get(f"{event}_id")
        revision, version = told["revision"], told.get("version")
        self._history.write(
            self._name, "stream", How.INFO, id_, event=event, revision=revision, entity=entity, version=version
        )
        if self._board is None:
            return
        alerts = [told] if event == "alert" else told.get("alerts", []) if event == "snapshot" else []
        for alert in alerts:
            self._board.shown(alert, time.monotonic())
