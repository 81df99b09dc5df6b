"""Batches of different partitions side by side: while one waits for PostgreSQL, another is decided.

A partition always takes the same lane, and so does the partition of the same number of another topic: what has one key
(a building) is handled in order, and lanes do not wait for each other's locks.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import ConsumerRecord

Records = Sequence[ConsumerRecord[Any, Any]]


class Lanes:
    """Each hands what waits in it to `handle`, at most so many records at a time, one batch after another."""

    def __init__(self, count: int, most: int, handle: Callable[[Records], Awaitable[None]]) -> None:
        self._most = most
        self._handle = handle
        self._queues = [asyncio.Queue[ConsumerRecord[Any, Any]](maxsize=most) for _ in range(count)]
        self._leaving = False

    async def put(self, records: Records) -> None:
        """Return when all have a place: a lane holds one batch besides the one that is handled."""
        for record in records:
            if not self._leaving:  # what is not taken is not acknowledged: whoever comes next gets it
                await self._queues[record.partition % len(self._queues)].put(record)

    async def run(self) -> None:
        """Until cancelled; whatever `handle` raises ends it."""
        async with asyncio.TaskGroup() as group:
            for queue in self._queues:
                group.create_task(self._drive(queue))

    async def leave(self, seconds: float) -> None:
        """Take nothing more, and let what is being handled end, at most so long."""
        self._leaving = True
        for queue in self._queues:
            while not queue.empty():
                queue.get_nowait()
                queue.task_done()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(queue.join() for queue in self._queues))

    async def _drive(self, queue: "asyncio.Queue[ConsumerRecord[Any, Any]]") -> None:
        while True:
            batch = [await queue.get()]
            while len(batch) < self._most and not queue.empty():
                batch.append(queue.get_nowait())
            if not self._leaving:  # a `put` that waited for a place gets it when what lay before it is thrown out
                await self._handle(batch)
            for _ in batch:
                queue.task_done()
