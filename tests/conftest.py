"""The real parts that tests stand on: one Apache Kafka and one PostgreSQL a run, a fresh database a test."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from shared import migrate, topics


@pytest.fixture(scope="session")
def parts_folder() -> Iterator[Path]:
    """MELDKAMER_TEST_STATE when it is set (a second run starts faster), else a folder of this run.

    Not pytest's own: that one is closed to PostgreSQL's user anew by every run beside this one.
    """
    if kept := os.environ.get("MELDKAMER_TEST_STATE"):
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory(prefix="meldkamer-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def kafka(parts_folder: Path) -> Iterator[Kafka]:
    """One broker for the whole run; its topics exist, with 3 partitions. Tests of delivery make topics of their own."""
    broker = Kafka(parts_folder / "kafka")
    asyncio.run(_start_kafka(broker))
    yield broker
    asyncio.run(broker.stop())


@pytest.fixture(scope="session")
def postgres(parts_folder: Path) -> Iterator[Postgres]:
    """One server for the whole run, with a migrated template database."""
    server = Postgres(parts_folder / "postgres")
    asyncio.run(_start_postgres(server))
    yield server
    asyncio.run(server.stop())


@pytest.fixture
async def database_url(postgres: Postgres) -> AsyncIterator[str]:
    """A database of this test's own, a copy of the migrated template (about 40 ms)."""
    name = f"t_{uuid4().hex[:16]}"
    await _owner(postgres, f'CREATE DATABASE "{name}" TEMPLATE meldkamer_template')
    yield postgres.url.rsplit("/", 1)[0] + f"/{name}"
    await _owner(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _start_kafka(broker: Kafka) -> None:
    await broker.start()
    await broker.ready()
    await topics.create(broker.bootstrap_servers, partitions=3)


async def _start_postgres(server: Postgres) -> None:
    await server.start()
    await server.ready()
    await _owner(server, "DROP DATABASE IF EXISTS meldkamer_template")
    await _owner(server, "CREATE DATABASE meldkamer_template")
    await migrate.migrate(server.url.rsplit("/", 1)[0] + "/meldkamer_template")


async def _owner(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
