"""Waiting for what has no event to await: files that grow, processes that are not our children."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], within: float = 10) -> None:
    """Return as soon as the condition holds; TimeoutError when it does not within so many seconds."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)
