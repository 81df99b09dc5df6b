"""Drives a running intake as its sources do, and reads from Kafka what it published."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer
from pydantic import SecretStr

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from services.intake import app, keys
from services.intake.settings import Settings
from shared import topics, wire
from shared.campus import Scope
from shared.events import IncidentReported

KEYS = {scope: f"key-of-{scope}-of-the-tests" for scope in Scope}
NOBODY = "127.0.0.1:1"
CLIENT = "203.0.113.77"
TOPICS = [topic.name for topic in topics.INCIDENTS]


@dataclass
class Intake:
    """The service over HTTP, and the records that came on the incident topics since it started."""

    http: httpx.AsyncClient
    consumer: AIOKafkaConsumer
    settings: Settings

    async def post(self, path: str, json: Any = None, scope: Scope = Scope.GENERAL, **more: Any) -> httpx.Response:
        """A source's request with its key."""
        headers = {"Authorization": f"Bearer {KEYS[scope]}", **more.pop("headers", {})}
        return await self.http.post(f"/intake/v1{path}", json=json, headers=headers, **more)

    async def incidents(self, count: int) -> list[IncidentReported]:
        """The next so many incidents, whatever their topic."""
        return [event for _, _, event in await self.records(count)]

    async def records(self, count: int) -> list[tuple[str, str, IncidentReported]]:
        """Topic, key and incident of the next so many records."""
        found = []
        for _ in range(count):
            record = await asyncio.wait_for(self.consumer.getone(), 5)
            event = wire.decode(record)
            assert isinstance(event, IncidentReported)
            found.append((record.topic, (record.key or b"").decode(), event))
        return found

    async def nothing_more(self) -> None:
        """Fails when another record comes."""
        with contextlib.suppress(TimeoutError):
            record = await asyncio.wait_for(self.consumer.getone(), 0.3)
            raise AssertionError(f"unexpected: {record.topic} {record.value!r}")


@contextlib.asynccontextmanager
async def running(settings: Settings, kafka_away: bool = False) -> AsyncIterator[Intake]:
    """The service from its start to its end; its consumer stands at the end of each topic."""
    for scope, key in KEYS.items():
        await keys.ensure(settings.database_url, f"test-{scope}", [scope], key)
    its_own = settings.model_copy(update={"kafka_bootstrap_servers": NOBODY}) if kafka_away else settings
    service = app.build(its_own)
    consumer = AIOKafkaConsumer(*TOPICS, bootstrap_servers=settings.bootstrap, fetch_max_wait_ms=25)
    await consumer.start()
    try:
        await consumer.seek_to_end()
        transport = httpx.ASGITransport(app=service, client=(CLIENT, 4711))
        async with (
            service.router.lifespan_context(service),
            httpx.AsyncClient(transport=transport, base_url="http://campus.test") as http,
        ):
            await wait_until_ready(http, {"kafka"} if kafka_away else set())
            yield Intake(http, consumer, settings)
    finally:
        await consumer.stop()


async def wait_until_ready(http: httpx.AsyncClient, but: Collection[str] = ()) -> None:
    """Until /readyz says so, of everything but what is away."""
    for _ in range(300):
        checks = (await http.get("/intake/readyz")).json()["checks"]
        if all(state == "ok" for name, state in checks.items() if name not in but):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"intake is not ready: {checks}")


def settings_of(kafka: Kafka, database_url: str) -> Settings:
    """As the run sets them."""
    return Settings(
        kafka_bootstrap_servers=",".join(kafka.bootstrap_servers),
        database_url=database_url,
        meldkamer_campus=Path("deploy/campus"),
        meldkamer_secret=SecretStr("a secret of the tests, long enough to sign"),
        intake_keys_refresh_s=0.3,
    )


@contextlib.asynccontextmanager
async def database(postgres: Postgres) -> AsyncIterator[str]:
    """A migrated database for the tests of a module."""
    url = postgres.url.rsplit("/", 1)[0] + f"/t_{uuid4().hex[:16]}"
    await _as_owner(url, 'CREATE DATABASE "{}" TEMPLATE meldkamer_template')
    yield url
    await _as_owner(url, 'DROP DATABASE "{}" WITH (FORCE)')


async def lose_database(url: str) -> None:
    """The database takes no connection any more and cuts those there are."""
    await _as_owner(url, 'ALTER DATABASE "{}" ALLOW_CONNECTIONS false')
    await _as_owner(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'")


async def find_database(url: str) -> None:
    """It is back."""
    await _as_owner(url, 'ALTER DATABASE "{}" ALLOW_CONNECTIONS true')


async def _as_owner(url: str, statement: str) -> None:
    server, name = url.rsplit("/", 1)
    owner = await asyncpg.connect(f"{server}/postgres")
    try:
        await owner.execute(statement.format(name))
    finally:
        await owner.close()
