"""The run's own Kafka and PostgreSQL survive what is done to them."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres

pytestmark = pytest.mark.timeout(90)  # a killed broker serves again after its old session ran out, 5 s as a rule


@pytest.fixture
async def own_postgres(tmp_path: Path) -> AsyncIterator[Postgres]:
    """A server that a test may kill."""
    async with Postgres(tmp_path / "postgres") as server:
        yield server


@pytest.fixture
async def own_kafka(tmp_path: Path) -> AsyncIterator[Kafka]:
    """A broker that a test may kill."""
    async with Kafka(tmp_path / "kafka") as broker:
        yield broker


async def written(url: str) -> int:
    """How many rows the table has; makes the table."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS rows_kept (n int)")
        await connection.execute("INSERT INTO rows_kept VALUES (1)")
        return int(await connection.fetchval("SELECT count(*) FROM rows_kept"))
    finally:
        await connection.close()


async def test_postgres_keeps_what_was_committed_through_kill_9_and_an_immediate_restart(
    own_postgres: Postgres,
) -> None:
    url = own_postgres.url
    assert await written(url) == 1
    await own_postgres.kill()
    assert own_postgres.process.exit_code == -signal.SIGKILL
    await own_postgres.start()
    await own_postgres.ready()
    assert await written(url) == 2
    await own_postgres.restart()
    assert own_postgres.url == url
    assert await written(url) == 3


async def test_postgres_asks_for_the_password_and_its_owner_may_create_roles(own_postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(own_postgres.url.replace("meldkamer:", "meldkamer:not", 1))
    connection = await asyncpg.connect(own_postgres.url)
    await connection.execute("CREATE ROLE somebody NOLOGIN")
    await connection.close()


async def test_postgres_goes_on_in_a_new_process_on_the_same_folder(tmp_path: Path) -> None:
    async with Postgres(tmp_path) as first:
        assert await written(first.url) == 1
    async with Postgres(tmp_path) as second:
        assert second.url == first.url
        assert await written(second.url) == 2


async def test_kafka_keeps_what_it_acknowledged_through_kill_9_on_the_same_port(own_kafka: Kafka) -> None:
    servers = own_kafka.bootstrap_servers
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    await admin.create_topics([NewTopic("kept", 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    await producer.start()
    await producer.send_and_wait("kept", b"before")
    await producer.stop()
    await own_kafka.kill()
    await own_kafka.start()
    await own_kafka.ready()
    assert own_kafka.bootstrap_servers == servers
    consumer = AIOKafkaConsumer("kept", bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    assert (await consumer.getone()).value == b"before"
    await consumer.stop()


async def test_kafka_makes_no_topic_that_nobody_asked_for(own_kafka: Kafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=own_kafka.bootstrap_servers)
    await admin.start()
    (told,) = await admin.describe_topics(["never.made"])
    assert told["error_code"] == 3
    assert "never.made" not in await admin.list_topics()
    await admin.close()


async def test_three_brokers_go_on_without_one(tmp_path: Path) -> None:
    async with Kafka(tmp_path / "three", brokers=3) as cluster:
        admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap_servers)
        await admin.start()
        await admin.create_topics([NewTopic("kept", 3, 3, topic_configs={"min.insync.replicas": "2"})])
        await admin.close()
        producer = AIOKafkaProducer(bootstrap_servers=cluster.bootstrap_servers, acks="all")
        await producer.start()
        await cluster.kill(2)
        for partition in range(3):
            await producer.send_and_wait("kept", b"after", partition=partition)
        await producer.stop()
        await cluster.start()
        await cluster.ready()


async def test_a_part_that_was_stopped_leaves_no_process(own_kafka: Kafka, own_postgres: Postgres) -> None:
    await own_kafka.stop()
    await own_postgres.stop()
    assert own_kafka.process().exit_code in {0, 128 + signal.SIGTERM}
    assert own_postgres.process.exit_code == 0
