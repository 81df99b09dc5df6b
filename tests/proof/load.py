"""Everybody at once: a steady stream of reports, phones that ring and are answered, operators, monitors, and levels.

async with Load(target, history, seed) as load:   # people are put, phones ring, monitors follow
    await load.run(60)                            # then no new reports: `run load_ended`
    await load.settle(30)                         # answers and closes come to their end
"""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from itertools import cycle
from types import TracebackType
from typing import Self

import aiohttp

from shared.campus import Scope
from tests.proof.clients.board import Board
from tests.proof.clients.levels import Levels
from tests.proof.clients.mix import Mix, Report
from tests.proof.clients.monitor import Habit, Monitor
from tests.proof.clients.operators import Operators
from tests.proof.clients.phones import Phones
from tests.proof.clients.sender import Sender
from tests.proof.grounds import Somebody, people
from tests.proof.history import How, Writer
from tests.proof.target import Target

RATE = 200.0
LOT = 10
PANELS = {Scope.FIRE: 3, Scope.ACCESS: 3, Scope.GENERAL: 5}  # sources that say one thing at a time
SCRIPTS = {Scope.ACCESS: 1, Scope.GENERAL: 3}  # sources that send NDJSON
ALONE = 0.5  # of the reports of a scope that has scripts; fire panels have none
AT_ONCE = 16
CONNECTED_WITHIN_S = 10.0
Sources = dict[Scope, Iterator[Sender]]


class Load:
    """The clients of a run. The campus file of the product is `grounds.campus_file()`."""

    def __init__(self, target: Target, history: Writer, seed: int, rate: float = RATE) -> None:
        self._target, self._history, self._rate = target, history, rate
        self.board = Board()
        self._mix = Mix.of(target, self.board, seed)
        self.phones = Phones(target, self.board, history, seed)
        self._operators = Operators(target, self.board, history, seed)
        self._levels = Levels(target, history)
        self._monitors = [
            Monitor(f"monitor-{n}", habit, target, history, self.board if habit is Habit.STEADY else None)
            for n, habit in enumerate(Habit, start=1)
        ]
        self._senders = [
            Sender(f"sender-{scope}-{n}-of-{lot}", scope, lot, target, history, seed)
            for lot, sizes in ((1, PANELS), (LOT, SCRIPTS))
            for scope, size in sizes.items()
            for n in range(1, size + 1)
        ]
        self._tasks: list[asyncio.Task[None]] = []
        self._leaving = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Everybody but the senders; the product must be up."""
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(self.phones)
            await self._put_people()
            stack.push_async_callback(self._end)
            loops = [monitor.run() for monitor in self._monitors] + [self._operators.run(), self._levels.run()]
            self._tasks = [asyncio.create_task(loop) for loop in loops]
            async with asyncio.timeout(CONNECTED_WITHIN_S):
                await asyncio.gather(*(monitor.connected.wait() for monitor in self._monitors))
            self._leaving = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nobody does anything any more."""
        await self._leaving.aclose()
        self._history.flush()

    async def _end(self) -> None:
        """Monitors, operators and levels end; one that broke before says so now."""
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        if broken := [end for end in ended if isinstance(end, Exception)]:
            raise ExceptionGroup("clients of the run broke", broken)

    @property
    def forgotten(self) -> int:
        """Reports that no source could say any more, because too many waited."""
        return sum(sender.forgotten for sender in self._senders)

    async def run(self, seconds: float) -> None:
        """Reports come for so long; at its end those under way have their answers."""
        async with asyncio.TaskGroup() as saying:
            for sender in self._senders:
                saying.create_task(sender.run())
            await self._happen(seconds)
            for sender in self._senders:
                sender.close()
        self._history.write("run", "run", How.INFO, "load_ended", forgotten=self.forgotten)

    async def settle(self, within: float) -> None:
        """Until no alert is open and nobody means to answer any more, or for so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.board.alerts or self.phones.busy:
                    await asyncio.sleep(0.1)

    async def _happen(self, seconds: float) -> None:
        """One thing every 1/rate seconds, whatever the answers take."""
        panels, scripts = self._by_scope(single=True), self._by_scope(single=False)
        began = time.monotonic()
        for number in range(int(seconds * self._rate)):
            now = time.monotonic()
            if (early := began + number / self._rate - now) > 0:
                await asyncio.sleep(early)
            self._tell(self._mix.draw(now), panels, scripts)

    def _tell(self, report: Report, panels: Sources, scripts: Sources) -> None:
        """Sources of a scope take turns."""
        alone = report.scope not in scripts or self._mix.random.random() < ALONE
        next((panels if alone else scripts)[report.scope]).offer(report)

    def _by_scope(self, single: bool) -> Sources:
        found: dict[Scope, list[Sender]] = {}
        for sender in self._senders:
            if (sender.lot == 1) is single:
                found.setdefault(sender.scope, []).append(sender)
        return {scope: cycle(senders) for scope, senders in found.items()}

    async def _put_people(self) -> None:
        """Everybody is a member, with a phone, and says where he is."""
        room = asyncio.Semaphore(AT_ONCE)
        async with aiohttp.ClientSession(headers=self._target.as_person, raise_for_status=True) as client:

            async def put(somebody: Somebody) -> None:
                url = f"{self._target.alerting[0]}/alerting/v1/members/{somebody.member_id}"
                async with room:
                    async with client.put(url, json=somebody.body(self._target.phones_url)):
                        pass
                    if somebody.building is not None:
                        where = somebody.building if somebody.here else None
                        async with client.put(f"{url}/presence", json={"building": where}):
                            pass

            await asyncio.gather(*(put(somebody) for somebody in people()))
