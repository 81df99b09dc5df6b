"""`meldkamer migrate` and `meldkamer topics` prepare an empty PostgreSQL and an empty Kafka, as --help says."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from shared.migrate import SERVICES, migrations_of
from shared.topics import TOPICS

DAY_MS = 24 * 3600 * 1000
KEPT_DAYS = {"incidents.chat": 30, "clock": 1}
USUAL_DAYS = 400
NOBODY = "127.0.0.1:1"


async def meldkamer(*words: str, module: str = "deploy.cli.main", **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of the real command."""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", module, *words],
        env=os.environ | {"COLUMNS": "160"} | environment, capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
async def empty_database(postgres: Postgres) -> AsyncIterator[str]:
    """The URL of a database in which there is nothing yet."""
    name = f"empty_{uuid4().hex[:12]}"
    owner = await asyncpg.connect(postgres.url)
    try:
        await owner.execute(f'CREATE DATABASE "{name}"')
        yield postgres.url.rsplit("/", 1)[0] + f"/{name}"
        await owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await owner.close()


@pytest.fixture
async def empty_kafka(tmp_path: Path) -> AsyncIterator[Kafka]:
    """A broker without topics."""
    async with Kafka(tmp_path / "kafka") as kafka:
        yield kafka


async def test_migrate_makes_every_schema_and_does_nothing_the_second_time(empty_database: str) -> None:
    code, told, _ = await meldkamer("migrate", DATABASE_URL=empty_database)
    names = [migration.name for service in SERVICES for migration in migrations_of(service)]
    assert (code, told.splitlines()) == (
        0, [*(f"applied {name}" for name in names), f"{len(names)} migrations applied"]
    )  # fmt: skip
    owner = await asyncpg.connect(empty_database)
    try:
        rows = await owner.fetch("SELECT DISTINCT schemaname FROM pg_tables")
    finally:
        await owner.close()
    assert set(SERVICES) <= {row[0] for row in rows}
    assert await meldkamer("migrate", DATABASE_URL=empty_database) == (0, "every schema is up to date\n", "")


async def test_migrate_from_two_places_at_once_applies_each_once(empty_database: str) -> None:
    runs = await asyncio.gather(*(meldkamer("migrate", DATABASE_URL=empty_database) for _ in range(2)))
    assert [code for code, _, _ in runs] == [0, 0]
    applied = [line for _, told, _ in runs for line in told.splitlines() if line.startswith("applied ")]
    assert len(applied) == sum(len(migrations_of(service)) for service in SERVICES)


@pytest.mark.parametrize("words", [("migrate",), ("keys", "list")])
async def test_without_a_database_a_command_says_so_in_one_line(words: tuple[str, ...]) -> None:
    code, told, error = await meldkamer(*words, DATABASE_URL=f"postgresql://x:x@{NOBODY}/x")
    assert (code, told, len(error.splitlines())) == (1, "", 1)
    assert error.startswith("meldkamer: ")


@pytest.mark.timeout(60)
async def test_topics_creates_what_the_table_says_and_nothing_the_second_time(empty_kafka: Kafka) -> None:
    there = {"KAFKA_BOOTSTRAP_SERVERS": ",".join(empty_kafka.bootstrap_servers), "KAFKA_MIN_INSYNC": "2"}
    code, told, _ = await meldkamer("topics", **there)
    names = {name for topic in TOPICS for name in (topic.name, topic.dead)} | {"clock"}
    assert (code, set(told.splitlines()[-1].removeprefix("created ").split(", "))) == (0, names)
    partitions, settings = await as_kafka_says(empty_kafka, names)
    assert partitions == dict.fromkeys(names, 12)
    kept = {name: int(own["retention.ms"]) / DAY_MS for name, own in settings.items()}
    assert kept == {name: KEPT_DAYS.get(name, USUAL_DAYS) for name in names}
    in_sync = {name: own.get("min.insync.replicas") for name, own in settings.items() if name != "clock"}
    assert in_sync == dict.fromkeys(names - {"clock"}, "2")
    code, told, _ = await meldkamer("topics", **there)
    assert (code, told.splitlines()[-1]) == (0, "all topics are there")
    assert await meldkamer(module="shared.topics", **there) == (0, "all topics are there\n", "")


async def test_topics_show_asks_no_broker() -> None:
    code, told, error = await meldkamer("topics", "--show", KAFKA_BOOTSTRAP_SERVERS=NOBODY)
    assert (code, error) == (0, "")
    lines = {line.split()[0]: line for line in told.splitlines() if line.strip()}
    for topic in TOPICS:
        assert all(word in lines[topic.name] for word in (topic.key, topic.producer, f"{topic.days} days"))


async def as_kafka_says(kafka: Kafka, names: set[str]) -> tuple[dict[str, int], dict[str, dict[str, str]]]:
    """How many partitions each topic has, and every setting."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        found = await admin.describe_topics(sorted(names))
        told = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    finally:
        await admin.close()
    settings = {name: {e[0]: e[1] for e in entries} for answer in told for *_, name, entries in answer.resources}
    return {topic["topic"]: len(topic["partitions"]) for topic in found}, settings
