"""What really is on the topics, and a way to put there what no service of ours would."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from tests.e2e.product import PARTITIONS

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"


async def read(bootstrap: list[str], topics: Sequence[str]) -> list[Record]:
    """Every record of these topics, from the first to the one that is the last now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, fetch_max_wait_ms=25)
    await consumer.start()
    try:
        places = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
        consumer.assign(places)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(places)
        found: list[Record] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                found += records
        return found
    finally:
        await consumer.stop()


@asynccontextmanager
async def sender(bootstrap: list[str]) -> AsyncIterator[AIOKafkaProducer]:
    """A producer of anything."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()
