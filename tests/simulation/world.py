"""One seed's world: its chance, its time, its processes that die, what happened and what was wrong."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from tests.simulation.loop import VirtualLoop

T = TypeVar("T")
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
IDLE_IN_TRANSACTION_S = 2.0  # as shared.db sets it
SLOW = 0.12  # of the steps to the outside take time, the rest is there at once


@dataclass(slots=True)
class Weather:
    """How bad a seed is; every number is a chance at each step, 0 when the world is calm."""

    database: float = 0.0
    commit: float = 0.0
    broker: float = 0.0
    phones: float = 0.0
    commits_lost: float = 0.0
    skew_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the trace."""

    at: float
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:9.3f}  {self.who:10}  {self.what}"


class World:
    """Everything that a seed decides; `wrong` is the only way to fail."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.loop = VirtualLoop()
        self.loop.started = _belongs
        self.weather = Weather()
        self.trace: list[Said] = []
        self.violations: list[str] = []
        self.faults = 0  # whatever may make somebody hear a thing twice, or late
        self.calm = True  # nothing bad has happened or will
        self.outside = copy_context()  # of what belongs to no process

    def say(self, who: str, what: str) -> None:
        """Remember what happened."""
        self.trace.append(Said(self.loop.time(), who, what))

    def wrong(self, rule: str, text: str) -> None:
        """A promise is broken."""
        self.violations.append(f"{rule}: {text}")
        self.say("CHECK", f"{rule}: {text}")

    def trouble(self, who: str, what: str) -> None:
        """Something bad happens on purpose."""
        self.faults += 1
        self.calm = False
        self.say(who, what)

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens now; asks no chance when it cannot."""
        return probability > 0 and self.random.random() < probability

    def latency(self) -> float:
        """How long one step takes: mostly some milliseconds."""
        return self.random.random() ** 3 * 0.03

    def clear_up(self) -> None:
        """From here on nothing bad happens any more."""
        self.weather = Weather(skew_s=self.weather.skew_s)

    # What stands in for shared.clock. Two replicas' wall clocks differ.
    def now(self) -> datetime:
        """The wall clock of the process that asks."""
        process = PROCESS.get(None)
        return START + timedelta(seconds=self.loop.time() + (process.skew_s if process else 0.0))

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return self.loop.time()

    def new_id(self) -> UUID:
        """A random id that the seed decides."""
        return UUID(int=self.random.getrandbits(128))


class Process:
    """What can die: its tasks end, its transactions are rolled back, nothing of it reaches the outside any more."""

    def __init__(self, world: World, name: str, skew_s: float = 0.0) -> None:
        self.world, self.name, self.skew_s = world, name, skew_s
        self.alive = True
        self.doom: int | None = None  # dies at this step to the outside, counted down
        self.open: dict[int, Doomed] = {}
        self._thaws_at = 0.0
        self._tasks: dict[asyncio.Task[Any], None] = {}

    def spawn(self, coro: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run something as this process."""
        token = PROCESS.set(self)
        try:
            task = self.world.loop.create_task(coro)
        finally:
            PROCESS.reset(token)
        task.add_done_callback(self._ended)
        return task

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """A task was started in this process."""
        self._tasks[task] = None
        task.add_done_callback(self._leave)

    async def step(self, where: str) -> None:
        """One step to the outside: it may take time, and be the one at which the process dies."""
        self.pass_by(where)
        if (frozen_s := self._thaws_at - self.world.loop.time()) > 0:
            await self.world.loop.pause(frozen_s)
            self.pass_by(where)
        elif self.world.random.random() < SLOW:
            await self.world.loop.pause(self.world.latency())

    def pass_by(self, where: str) -> None:
        """A point at which the process may die."""
        if self.doom is not None:
            self.doom -= 1
            if self.doom <= 0:
                self.world.trouble(self.name, f"is killed at {where}")
                self.die()
        if not self.alive:
            raise asyncio.CancelledError

    def freeze(self, seconds: float) -> None:
        """As with SIGSTOP: nothing reaches the outside; the server ends transactions that stand still too long."""
        self._thaws_at = self.world.loop.time() + seconds
        if seconds > IDLE_IN_TRANSACTION_S:
            for transaction in self.open.values():
                self.world.loop.call_later(IDLE_IN_TRANSACTION_S, transaction.roll_back)

    def die(self) -> None:
        """As with kill -9: no handler of the process runs, the server ends its transactions."""
        self.alive = False
        for transaction in list(self.open.values()):
            transaction.roll_back()
        for task in list(self._tasks):
            task.cancel()

    def _leave(self, task: asyncio.Task[Any]) -> None:
        del self._tasks[task]

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None and self.alive:
            self.world.wrong("no loop ends", f"{self.name}: {type(error).__name__}: {error}")


class Doomed:
    """What a dying process leaves open elsewhere."""

    def roll_back(self) -> None:
        """Undo it."""
        raise NotImplementedError


PROCESS: ContextVar[Process] = ContextVar("process")


def passed(point: str) -> None:
    """Stands in for `shared.waypoint.passed`: the product's own named points are points to die at, too."""
    process = PROCESS.get(None)
    if process is not None:
        process.pass_by(point)


def _belongs(task: asyncio.Task[Any]) -> None:
    process = PROCESS.get(None)
    if process is not None:
        process.adopt(task)
