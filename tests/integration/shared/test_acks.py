"""What is done is acknowledged to Kafka, whatever its client library makes of a commit."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError

from shared.acks import PERIODS, Acks
from shared.errors import ConsumerStuck

PERIOD_S = 0.02
HERE = TopicPartition("incidents.fire", 3)


@dataclass
class Coordinator:
    """What stands behind `commit`: it answers when `answers` is set, and refuses while told to."""

    refuses: bool = False
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    offsets: dict[TopicPartition, int] = field(default_factory=dict)

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        """As `AIOKafkaConsumer.commit`."""
        self.offsets = offsets
        self.asked.put_nowait(offsets[HERE])
        await self.answers.wait()
        if self.refuses:
            raise CommitFailedError("the group was given anew")

    async def next(self) -> int:
        """The offset that the next commit asks for."""
        return await asyncio.wait_for(self.asked.get(), 5)

    def consumer(self) -> AIOKafkaConsumer:
        """A consumer that only commits."""
        consumer = object.__new__(AIOKafkaConsumer)
        consumer._closed = True
        consumer.commit = self.commit
        consumer.assignment = lambda: {HERE}
        return consumer


def record(offset: int) -> ConsumerRecord[bytes, bytes]:
    """Something that is done."""
    return ConsumerRecord(HERE.topic, HERE.partition, offset, 0, 0, None, b"", 0, 0, 0, ())


async def test_what_is_done_during_a_commit_is_in_the_next_one() -> None:
    coordinator, acks = Coordinator(), Acks("group", PERIOD_S)
    consumer = coordinator.consumer()
    acks.done(consumer, [record(1), record(4)])
    assert await coordinator.next() == 5
    acks.done(consumer, [record(6)])
    acks.done(consumer, [record(5)])
    coordinator.answers.set()
    assert await coordinator.next() == 7


async def test_what_is_done_within_a_moment_is_one_commit() -> None:
    coordinator, acks = Coordinator(), Acks("group", PERIOD_S)
    consumer = coordinator.consumer()
    coordinator.answers.set()
    for offset in range(5):
        acks.done(consumer, [record(offset)])
        await asyncio.sleep(0)
    assert await coordinator.next() == 5
    assert coordinator.asked.empty()


async def test_a_partition_that_was_given_to_another_keeps_nothing_else_from_its_commit() -> None:
    coordinator, acks = Coordinator(), Acks("group", PERIOD_S)
    coordinator.answers.set()
    acks.done(coordinator.consumer(), [record(1), replace(record(7), partition=9)])
    assert await coordinator.next() == 2
    assert coordinator.offsets == {HERE: 2}


async def test_who_ends_commits_what_is_done_and_does_not_wait_for_ever() -> None:
    coordinator, acks = Coordinator(), Acks("group", PERIOD_S)
    acks.done(coordinator.consumer(), [record(1)])
    await asyncio.wait_for(acks.end(0.3), 5)
    assert coordinator.offsets == {HERE: 2}
    assert coordinator.asked.get_nowait() == 2


async def test_a_refused_commit_is_not_repeated_but_the_next_one_is_made() -> None:
    coordinator, acks = Coordinator(refuses=True), Acks("group", PERIOD_S)
    consumer = coordinator.consumer()
    coordinator.answers.set()
    acks.done(consumer, [record(1)])
    assert await coordinator.next() == 2
    acks.done(consumer, [record(2)])
    assert await coordinator.next() == 3


async def test_a_consumer_that_gets_records_and_cannot_acknowledge_them_is_stuck() -> None:
    coordinator, acks = Coordinator(), Acks("group", PERIOD_S)
    consumer, watch = coordinator.consumer(), asyncio.create_task(acks.watch())
    acks.done(consumer, [record(0)])
    async with asyncio.timeout(5):
        while not watch.done():
            acks.done(consumer, [record(1)])
            await asyncio.wait({watch}, timeout=PERIOD_S / 4)
    with pytest.raises(ConsumerStuck, match="group"):
        watch.result()
    await acks.end(0)


async def test_a_consumer_that_gets_nothing_while_kafka_is_away_is_not_stuck() -> None:
    coordinator, acks = Coordinator(), Acks("group", PERIOD_S)
    watch = asyncio.create_task(acks.watch())
    acks.done(coordinator.consumer(), [record(0)])
    await asyncio.wait({watch}, timeout=3 * PERIODS * PERIOD_S)
    assert not watch.done()
    acks.done(coordinator.consumer(), [record(1)])
    coordinator.answers.set()
    assert [await coordinator.next(), await coordinator.next()] == [1, 2]
    watch.cancel()
