"""The roads of one test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded.kafka import Kafka
from shared import db
from shared.publish import Publisher
from tests.integration.shared.road import Road


@pytest.fixture
async def road(kafka: Kafka, database_url: str) -> AsyncIterator[Road]:
    """A topic of this test's own with one partition, and its dead-letter topic."""
    async with _opened(kafka, database_url, partitions=1) as road:
        yield road


@pytest.fixture
async def wide_road(kafka: Kafka, database_url: str) -> AsyncIterator[Road]:
    """The same with three partitions."""
    async with _opened(kafka, database_url, partitions=3) as road:
        yield road


@contextlib.asynccontextmanager
async def _opened(kafka: Kafka, database_url: str, partitions: int) -> AsyncIterator[Road]:
    topic = f"test.{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, partitions, 1), NewTopic(f"{topic}.dead", 1, 1)])
    await admin.close()
    pool = await db.open_pool(database_url, "alerting")
    publisher = Publisher(kafka.bootstrap_servers, "test")
    running = asyncio.create_task(publisher.run())
    while publisher.not_ready:
        await asyncio.sleep(0.01)
    yield Road(kafka, pool, publisher, topic)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await pool.close()
