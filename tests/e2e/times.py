"""Time windows: when something must have happened, with a beginning and an end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EARLY = timedelta(milliseconds=30)  # clocks are read on both sides of a socket


def now() -> datetime:
    """The wall clock that the services on this machine read too."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end`."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies inside."""
        return self.start - EARLY <= at <= self.end

    @property
    def left_s(self) -> float:
        """Seconds until it ends, 0 when it has."""
        return max(0.0, (self.end - now()).total_seconds())


def after(cause: datetime, seconds: float = 1.0) -> Window:
    """Not before its cause, and at most so many seconds after it: the product promises one second."""
    return Window(cause, cause + timedelta(seconds=seconds))


async def until(holds: Callable[[], Awaitable[bool]], within: float, every: float = 0.03) -> None:
    """Ask until it holds, for answers that only asking gives; TimeoutError when it does not within so many seconds."""
    async with asyncio.timeout(within):
        while not await holds():
            await asyncio.sleep(every)


async def until_past(moment: datetime, seconds: float = 1.0) -> None:
    """Let time go by until so many seconds after a moment: that nothing happens has no event either."""
    await asyncio.sleep(max(0.0, (moment - now()).total_seconds() + seconds))
