"""The real parts that tests stand on: one Apache Kafka and one PostgreSQL a run, a fresh database a test."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from shared import migrate, topics


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """One broker for the whole run; its topics exist, with 3 partitions. Tests of delivery make topics of their own."""
    broker = Kafka(_folder(tmp_path_factory, "kafka"))
    asyncio.run(_start_kafka(broker))
    yield broker
    asyncio.run(broker.stop())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for the whole run, with a migrated template database."""
    server = Postgres(_folder(tmp_path_factory, "postgres"))
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


def _folder(factory: pytest.TempPathFactory, name: str) -> Path:
    """Under MELDKAMER_TEST_STATE when it is set, so that a second run starts faster."""
    kept = os.environ.get("MELDKAMER_TEST_STATE")
    folder = Path(kept) / name if kept else factory.mktemp(name)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


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
