"""Places to send from: how many messages are with the receivers at once; one that is silent delays only its own.

Each kind of channel has places for what is sent the first time, and half as many for what is sent again, so a new page
never waits behind retries. One receiver takes at most a quarter of either.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

FIRST, AGAIN = 256, 128
SHARE = 4  # so many receivers of one kind must be silent at the same time before its others wait


class Places:
    """A receiver is what falls silent as one: the server that a webhook leads to, else the kind of channel."""

    def __init__(self) -> None:
        # Whoever holds or awaits a place keeps its semaphore alive: there are no more of them than messages under way.
        self._taken: WeakValueDictionary[tuple[str | bool, ...], asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def one(self, kind: str, receiver: str, again: bool) -> AsyncIterator[None]:
        """Wait for a place and hold it during the block; what waits for its receiver takes no place of others."""
        places = AGAIN if again else FIRST
        async with self._of((kind, again, receiver), places // SHARE), self._of((kind, again), places):
            yield

    def _of(self, whose: tuple[str | bool, ...], places: int) -> asyncio.Semaphore:
        return self._taken.setdefault(whose, asyncio.Semaphore(places))
