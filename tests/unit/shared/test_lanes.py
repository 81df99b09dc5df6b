"""What lies on different partitions is handled side by side, what lies on one in its order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import ConsumerRecord

from shared.lanes import Lanes, Records

SOON_S = 5


def record(partition: int, offset: int, topic: str = "incidents.fire") -> ConsumerRecord[bytes, bytes]:
    """As the client library gives it."""
    return ConsumerRecord(topic, partition, offset, 0, 0, None, b"", 0, 0, 0, ())


class Handler:
    """Remembers what it is given; a batch that holds a record of a held partition ends when it is let go."""

    def __init__(self, *held: int) -> None:
        self.begun: list[list[tuple[int, int]]] = []
        self.ended: list[list[tuple[int, int]]] = []
        self._held = {partition: asyncio.Event() for partition in held}
        self._moved = asyncio.Event()

    async def handle(self, records: Records) -> None:
        """What a lane calls."""
        batch = [(record.partition, record.offset) for record in records]
        self.begun.append(batch)
        self._moved.set()
        for partition, _ in batch:
            if partition in self._held:
                await self._held[partition].wait()
        self.ended.append(batch)
        self._moved.set()

    def let_go(self, partition: int) -> None:
        """Its batches end."""
        self._held[partition].set()

    async def until(self, *, begun: int = 0, ended: int = 0) -> None:
        """So many batches have come so far."""
        async with asyncio.timeout(SOON_S):
            while len(self.begun) < begun or len(self.ended) < ended:
                self._moved.clear()
                await self._moved.wait()


@asynccontextmanager
async def running(lanes: Lanes) -> AsyncIterator[asyncio.Task[None]]:
    """The lanes while they run."""
    task = asyncio.create_task(lanes.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def handling_one(lanes: Lanes, handler: Handler) -> AsyncIterator[None]:
    """The lanes run, and the first record of partition 0 is being handled."""
    async with running(lanes):
        await lanes.put([record(0, 0)])
        await handler.until(begun=1)
        yield


async def test_a_batch_of_one_partition_does_not_wait_for_that_of_another() -> None:
    handler = Handler(0)
    lanes = Lanes(2, 10, handler.handle)
    async with handling_one(lanes, handler):
        await lanes.put([record(1, 0), record(0, 1)])
        await handler.until(ended=1)
        assert handler.ended == [[(1, 0)]]
        handler.let_go(0)
        await handler.until(ended=3)
    assert handler.ended == [[(1, 0)], [(0, 0)], [(0, 1)]]


async def test_partitions_of_one_number_share_a_lane_whatever_the_topic() -> None:
    handler = Handler(0)
    lanes = Lanes(2, 10, handler.handle)
    async with handling_one(lanes, handler):
        await lanes.put([record(0, 7, "incidents.access"), record(2, 5), record(1, 1)])
        await handler.until(ended=1)
        assert handler.begun == [[(0, 0)], [(1, 1)]]
        handler.let_go(0)
        await handler.until(ended=3)
    assert handler.ended[2] == [(0, 7), (2, 5)]


async def test_what_waits_is_one_batch_of_at_most_so_many_and_more_is_not_taken() -> None:
    handler = Handler(0)
    lanes = Lanes(1, 2, handler.handle)
    async with handling_one(lanes, handler):
        more = asyncio.create_task(lanes.put([record(0, n) for n in range(1, 5)]))
        done, _ = await asyncio.wait({more}, timeout=0.05)
        assert not done
        handler.let_go(0)
        await asyncio.wait_for(more, SOON_S)
        await handler.until(ended=3)
    assert handler.ended == [[(0, 0)], [(0, 1), (0, 2)], [(0, 3), (0, 4)]]


async def test_who_leaves_ends_what_is_being_handled_and_leaves_the_rest() -> None:
    handler = Handler(0)
    lanes = Lanes(1, 10, handler.handle)
    async with handling_one(lanes, handler):
        await lanes.put([record(0, 1)])
        leaving = asyncio.create_task(lanes.leave(SOON_S))
        await asyncio.sleep(0)
        await lanes.put([record(0, 2)])
        handler.let_go(0)
        await asyncio.wait_for(leaving, SOON_S)
    assert handler.ended == [[(0, 0)]]


async def test_what_waited_for_a_place_when_others_were_thrown_out_is_not_handled_before_them() -> None:
    handler = Handler(0)
    lanes = Lanes(1, 2, handler.handle)
    async with handling_one(lanes, handler):
        more = asyncio.create_task(lanes.put([record(0, n) for n in range(1, 6)]))
        await asyncio.wait({more}, timeout=0.05)
        leaving = asyncio.create_task(lanes.leave(SOON_S))
        await asyncio.wait({more}, timeout=SOON_S)
        handler.let_go(0)
        await asyncio.wait_for(leaving, SOON_S)
    assert handler.begun == [[(0, 0)]]


async def test_who_leaves_does_not_wait_for_ever() -> None:
    handler = Handler(0)
    lanes = Lanes(1, 10, handler.handle)
    async with handling_one(lanes, handler):
        await asyncio.wait_for(lanes.leave(0.01), SOON_S)
    assert handler.ended == []


async def test_a_mistake_ends_the_run() -> None:
    async def fail(records: Records) -> None:  # noqa: ARG001 - whatever it is given
        raise ValueError("a mistake")

    lanes = Lanes(2, 10, fail)
    async with running(lanes) as run:
        await lanes.put([record(0, 0)])
        await asyncio.wait({run}, timeout=SOON_S)
        with pytest.raises(ExceptionGroup) as raised:
            run.result()
    assert raised.group_contains(ValueError, match="a mistake")
