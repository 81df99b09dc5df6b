"""What is done is acknowledged to Kafka, whatever its client library makes of a commit."""

import asyncio
from dataclasses import dataclass, field

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError

from shared.acks import ATTEMPTS, Acks
from shared.errors import ConsumerStuck

CUT_S = 0.02
HERE = TopicPartition("incidents.fire", 3)


@dataclass
class Coordinator:
    """What stands behind `commit`: it hangs while told to, refuses while told to, else it takes the offsets."""

    hangs: bool = False
    refuses: bool = False
    cut_off: int = 0
    taken: list[int] = field(default_factory=list)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        """As `AIOKafkaConsumer.commit`."""
        try:
            if self.hangs:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cut_off += 1
            raise
        finally:
            self.moved.set()
        if self.refuses:
            raise CommitFailedError("the group was given anew")
        self.taken.append(offsets[HERE])

    async def next(self) -> None:
        """Until a commit has ended, one way or another."""
        self.moved.clear()
        await asyncio.wait_for(self.moved.wait(), 5)

    def consumer(self) -> AIOKafkaConsumer:
        """A consumer that only commits."""
        consumer = object.__new__(AIOKafkaConsumer)
        consumer._closed = True
        consumer.commit = self.commit
        return consumer


def record(offset: int) -> ConsumerRecord[bytes, bytes]:
    """Something that is done."""
    return ConsumerRecord(HERE.topic, HERE.partition, offset, 0, 0, None, b"", 0, 0, 0, ())


async def test_a_commit_that_never_ends_is_cut_off_and_tried_again_with_what_came_since() -> None:
    coordinator, acks = Coordinator(hangs=True), Acks("group", CUT_S)
    consumer = coordinator.consumer()
    acks.done(consumer, [record(1), record(4)])
    await coordinator.next()
    acks.done(consumer, [record(2)])
    coordinator.hangs = False
    await coordinator.next()
    assert coordinator.taken == [5]


async def test_a_refused_commit_is_not_repeated_but_the_next_one_is_made() -> None:
    coordinator, acks = Coordinator(refuses=True), Acks("group", CUT_S)
    consumer = coordinator.consumer()
    acks.done(consumer, [record(1)])
    await coordinator.next()
    coordinator.refuses = False
    acks.done(consumer, [record(2)])
    await coordinator.next()
    assert coordinator.taken == [3]


async def test_a_consumer_that_gets_records_and_cannot_acknowledge_them_is_stuck() -> None:
    coordinator, acks = Coordinator(hangs=True), Acks("group", CUT_S)
    consumer, watch = coordinator.consumer(), asyncio.create_task(acks.watch())
    acks.done(consumer, [record(0)])
    await coordinator.next()
    for offset in range(1, ATTEMPTS + 1):
        assert not watch.done()
        acks.done(consumer, [record(offset)])
        await coordinator.next()
    with pytest.raises(ConsumerStuck, match="group"):
        await asyncio.wait_for(watch, 1)


async def test_a_consumer_that_gets_nothing_while_kafka_is_away_is_not_stuck() -> None:
    coordinator, acks = Coordinator(hangs=True), Acks("group", CUT_S)
    watch = asyncio.create_task(acks.watch())
    acks.done(coordinator.consumer(), [record(0)])
    while coordinator.cut_off < 2 * ATTEMPTS:
        await coordinator.next()
    assert not watch.done()
    coordinator.hangs = False
    await coordinator.next()
    assert coordinator.taken == [1]
    watch.cancel()
