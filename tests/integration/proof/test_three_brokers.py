"""What needs three brokers: one may lose its data, and lose the others."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests.integration.proof.looking import lasting
from tests.proof import grounds
from tests.proof.cluster import Cluster

pytestmark = pytest.mark.timeout(180)
TOPIC = "incidents.general.dead"


@pytest.fixture
async def three() -> AsyncIterator[Cluster]:
    """Three brokers, one replica of alerting."""
    with tempfile.TemporaryDirectory(prefix="meldkamer-proof-", ignore_cleanup_errors=True) as folder:
        async with Cluster(Path(folder), grounds.campus_file(), brokers=3, replicas=1, partitions=3) as cluster:
            yield cluster


async def put(cluster: Cluster, value: bytes) -> None:
    """One record in each partition, on every broker that is in sync."""
    producer = AIOKafkaProducer(bootstrap_servers=cluster.kafka.bootstrap_servers, acks="all")
    await producer.start()
    try:
        for partition in range(cluster.partitions):
            await producer.send_and_wait(TOPIC, value, partition=partition)
    finally:
        await producer.stop()


async def kept(cluster: Cluster) -> list[bytes]:
    """Everything that was put, partition by partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=cluster.kafka.bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(TOPIC, number) for number in range(cluster.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[bytes] = []
        while any([await consumer.position(p) < ends[p] for p in partitions]):
            found += [r.value or b"" for rows in (await consumer.getmany(timeout_ms=200)).values() for r in rows]
        return found
    finally:
        await consumer.stop()


async def test_a_broker_that_lost_its_data_or_the_others_gets_everything_back(three: Cluster) -> None:
    await put(three, b"before")
    async with lasting(three, "restart kafka-2 empty"):
        await put(three, b"while it is gone")
    await three.replicated()
    async with lasting(three, "blackhole kafka-replication-3"):
        writing = asyncio.create_task(put(three, b"when nobody could copy from the third"))
        assert not (await asyncio.wait([writing], timeout=1.5))[0], "a record that has no copy is acknowledged"
    await writing
    await three.replicated()
    async with lasting(three, "restart kafka-1 kill"):
        await put(three, b"while the first is gone")
    said = [b"before", b"while it is gone", b"when nobody could copy from the third", b"while the first is gone"]
    assert sorted(await kept(three)) == sorted(three.partitions * said)
