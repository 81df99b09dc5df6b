"""Keeps the parts of a run alive: what dies is started again at once, what dies again and again ever later."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from deploy.embedded.jars import PartMissing

QUICK_S = 2.0  # a part that lived shorter than this died quickly
FIRST_DELAY_S = 0.25
LONGEST_DELAY_S = 2.0  # what dies is serving again within 5 s, its own start included


class Part(Protocol):
    """A process, or a few that make one thing, such as three brokers."""

    name: str

    async def start(self) -> None:
        """Start what does not run."""

    async def ready(self) -> None:
        """Return when it serves; PartMissing when it will not."""

    async def wait(self) -> int:
        """Return the exit code when it, or one of its processes, has ended."""

    async def stop(self) -> None:
        """End it within its own grace time."""


class Supervisor:
    """Starts parts, starts them again when they die, and stops them in reverse order of starting."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._stages: list[Sequence[Part]] = []
        self._keepers: list[asyncio.Task[None]] = []

    async def start(self, *parts: Part) -> None:
        """Start these side by side, wait until all serve, and keep them so from now on."""
        self._stages.append(parts)
        await asyncio.gather(*(_bring_up(part) for part in parts))
        self._keepers += [asyncio.create_task(self._keep(part), name=part.name) for part in parts]

    async def stop(self) -> None:
        """The last stage first; the parts of a stage side by side."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for stage in reversed(self._stages):
            await asyncio.gather(*(part.stop() for part in stage))
        self._stages.clear()

    async def _keep(self, part: Part) -> None:
        """For ever: wait for its end, start it again."""
        quick_deaths = 0
        while True:
            began = time.monotonic()
            code = await part.wait()
            quick_deaths = quick_deaths + 1 if time.monotonic() - began < QUICK_S else 0
            pause = delay(quick_deaths)
            self._say(f"{part.name} {ending(code)}; starting it again" + (f" in {pause:.1f} s" if pause else ""))
            await asyncio.sleep(pause)
            try:
                await part.start()
            except (PartMissing, OSError) as error:  # its dead process ends the next wait at once: a quick death
                self._say(f"{part.name}: {error}")


async def _bring_up(part: Part) -> None:
    await part.start()
    await part.ready()


def delay(quick_deaths: int) -> float:
    """Seconds to wait: none after a life of some length, then doubling."""
    return 0.0 if quick_deaths == 0 else min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** (quick_deaths - 1))


def ending(code: int) -> str:
    """An exit code in words."""
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
