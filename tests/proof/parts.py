"""The parts of a cluster as faults see them: each has a process, which dies and is started again."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import asyncpg

from deploy.embedded.jars import PartMissing
from deploy.embedded.kafka import Kafka
from deploy.embedded.process import Process

PAUSE_S = 0.25  # between two starts of what will not live
LOOK_S = 0.02
HEALED_WITHIN_S = 60.0


class Part(Protocol):
    """A service, a broker, or PostgreSQL; schedules have a name for each."""

    @property
    def process(self) -> Process:
        """Running or dead."""

    async def start(self) -> None:
        """Start it unless it runs."""

    async def ready(self, within: float = ...) -> None:
        """Return once it serves; PartMissing when it has ended or takes longer."""


class Broker:
    """One broker of a Kafka."""

    def __init__(self, kafka: Kafka, number: int) -> None:
        self.kafka = kafka
        self.number = number

    @property
    def data(self) -> Path:
        """All that it knows."""
        return self.kafka.nodes[self.number - 1].folder / "data"

    @property
    def process(self) -> Process:
        """Running or dead."""
        return self.kafka.process(self.number)

    async def start(self) -> None:
        """Start it on its data; a folder without data is formatted first."""
        await self.kafka.start(self.number)

    async def ready(self, within: float = HEALED_WITHIN_S) -> None:
        """Return once the cluster names it."""
        await self.kafka.ready(within, self.number)


class Keeper:
    """Starts again what dies, at once, unless somebody keeps it down."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self._parts = parts
        self._down = dict.fromkeys(parts, 0)
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """From now on."""
        self._tasks = [
            asyncio.create_task(self._keep(name, part), name=f"keeper of {name}") for name, part in self._parts.items()
        ]

    async def end(self) -> None:
        """What dies stays dead."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @contextmanager
    def keep_down(self, name: str) -> Iterator[None]:
        """While this lasts, the part is not started again."""
        self._down[name] += 1
        try:
            yield
        finally:
            self._down[name] -= 1

    async def revived(self, names: Sequence[str], within: float = HEALED_WITHIN_S) -> None:
        """Return once all of these serve, however often they die before; TimeoutError when that takes too long."""
        async with asyncio.timeout(within):
            await asyncio.gather(*(self._revived(self._parts[name]) for name in names))

    async def _revived(self, part: Part) -> None:
        while True:
            with suppress(PartMissing):
                await part.ready()
                return
            await asyncio.sleep(PAUSE_S)

    async def _keep(self, name: str, part: Part) -> None:
        while True:
            await part.process.wait()
            while self._down[name]:
                await asyncio.sleep(LOOK_S)
            with suppress(PartMissing, OSError, asyncpg.PostgresError):  # its dead process is found again below
                await part.start()
            await asyncio.sleep(PAUSE_S)
