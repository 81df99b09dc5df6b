"""The control room: closes alerts when enough people have come for a while, or when nobody needs them any longer."""

import asyncio
import time

import aiohttp
import orjson

from tests.proof.clients.board import Board
from tests.proof.clients.characters import lifetime_s, staffed_s
from tests.proof.clients.outcome import Outcome, of_error, post
from tests.proof.history import How, Writer
from tests.proof.target import Target

LOOK_S = 0.25
TIMEOUT_S = 10.0
AT_ONCE = 12
NOT_FOUND = 404


class Operators:
    """`run` until cancelled. Several alerts are closed at a time, each by one operator."""

    def __init__(self, target: Target, board: Board, history: Writer, seed: int) -> None:
        self._target, self._board, self._history, self._seed = target, board, history, seed
        self._headers = {**target.as_person, "Content-Type": "application/json"}
        self._under_way: set[str] = set()
        self._tries = 0

    async def run(self) -> None:
        """Look at the board, close what is due."""
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as client, asyncio.TaskGroup() as tasks:
            while True:
                now = time.monotonic()
                self._board.tidy(now)
                for alert_id in self._due(now):
                    self._under_way.add(alert_id)
                    tasks.create_task(self._close(client, alert_id))
                await asyncio.sleep(LOOK_S)

    def _due(self, now: float) -> list[str]:
        """Which alerts have been open, or staffed, for long enough; as many as there are operators free."""
        due = [
            alert_id
            for alert_id, known in self._board.alerts.items()
            if alert_id not in self._under_way
            and (
                now - known.since >= lifetime_s(self._seed, alert_id)
                or (known.staffed_since and now - known.staffed_since >= staffed_s(self._seed, alert_id))
            )
        ]
        return due[: max(0, AT_ONCE - len(self._under_way))]

    async def _close(self, client: aiohttp.ClientSession, alert_id: str) -> None:
        """Once; what was not done is due again when the operator is free again."""
        outcome = await self._try(client, alert_id)
        if outcome.how is How.OK or outcome.value.get("status") == NOT_FOUND:
            self._board.closed(alert_id, outcome.body, time.monotonic())
        else:
            await asyncio.sleep(outcome.again_s or 1.0)
        self._under_way.discard(alert_id)

    async def _try(self, client: aiohttp.ClientSession, alert_id: str) -> Outcome:
        self._tries += 1
        id_, base = f"close-{self._tries}", self._target.alerting[self._tries % len(self._target.alerting)]
        self._history.write("operator", "close", How.INVOKE, id_, alert_id=alert_id)
        outcome = of_error(asyncio.CancelledError())
        try:
            url = f"{base}/alerting/v1/alerts/{alert_id}/close"
            outcome = await post(client, url, orjson.dumps({"reason": "over"}), self._headers)
        finally:
            self._history.write("operator", "close", outcome.how, id_, **outcome.value)
        return outcome
