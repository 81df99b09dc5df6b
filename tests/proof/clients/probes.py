"""Who is asked for the levels of a run: Kafka how far groups lag, PostgreSQL what waits, services if they serve."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

import aiohttp
import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared import db, topics

EVERY_S = 1.0
STALE_S = 2.5  # an answer that is older tells nothing any more
PATIENCE_S = 5.0
CLOSING_S = 2.0
FAILURES = (KafkaError, aiohttp.ClientError, *db.FAILURES)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Probe(Protocol[T_co]):
    """Somebody who can be asked; `close` after a failure or at the end, the next `ask` connects anew."""

    async def ask(self) -> T_co:
        """The level now."""

    async def close(self) -> None:
        """Leave nothing open."""


class Latest(Generic[T]):
    """Asks one probe about once a second, however long others take, and keeps its last answer."""

    def __init__(self, probe: Probe[T]) -> None:
        self._probe = probe
        self._answer: T | None = None
        self._at = 0.0

    @property
    def answer(self) -> T | None:
        """None when nobody has answered lately."""
        return self._answer if time.monotonic() - self._at < STALE_S else None

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                due = time.monotonic() + EVERY_S
                await self._ask()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
        finally:
            await self._close()

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                self._answer = await self._probe.ask()
            self._at = time.monotonic()
        except FAILURES:
            self._answer = None
            await self._close()

    async def _close(self) -> None:
        with contextlib.suppress(*FAILURES):
            async with asyncio.timeout(CLOSING_S):
                await self._probe.close()


class Ready:
    """Whether a service says that it serves; one that does not answer does not."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: aiohttp.ClientSession | None = None

    async def ask(self) -> bool:
        """/readyz is 200."""
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=STALE_S))
        try:
            async with self._client.get(self._url) as answer:
                return answer.status == 200
        except FAILURES:
            return False

    async def close(self) -> None:
        """Connect anew the next time."""
        client, self._client = self._client, None
        if client:
            await client.close()


class Kafka:
    """How far each group is behind the ends of its topics."""

    def __init__(self, bootstrap: Sequence[str], groups: Sequence[str]) -> None:
        self._bootstrap = list(bootstrap)
        self._groups = {group: topics.of_consumer(group.partition("-")[0]) for group in groups}
        self._admin: AIOKafkaAdminClient | None = None
        self._reader: AIOKafkaConsumer | None = None
        self._parts: list[TopicPartition] = []

    async def ask(self) -> dict[str, int]:
        """Records not yet acknowledged; a partition that a group never acknowledged counts from its beginning."""
        if self._admin is None or self._reader is None:
            await self._connect()
        assert self._admin is not None and self._reader is not None  # noqa: PT018
        done = [await self._admin.list_consumer_group_offsets(group) for group in self._groups]
        ends = await self._reader.end_offsets(self._parts)
        return {
            group: sum(
                end - (offsets[part].offset if part in offsets else 0)
                for part, end in ends.items()
                if part.topic in names
            )
            for (group, names), offsets in zip(self._groups.items(), done, strict=True)
        }

    async def close(self) -> None:
        """Connect anew the next time."""
        admin, reader, self._admin, self._reader = self._admin, self._reader, None, None
        if admin:
            await admin.close()
        if reader:
            await reader.stop()

    async def _connect(self) -> None:
        self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, request_timeout_ms=2_000)
        self._reader = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, request_timeout_ms=2_000)
        await self._admin.start()
        await self._reader.start()
        names = [topic.name for topic in topics.TOPICS]
        found = await self._admin.describe_topics(names)
        self._parts = [TopicPartition(t["topic"], p["partition"]) for t in found for p in t["partitions"]]


class Depths(NamedTuple):
    """Rows of the outboxes; alerts whose time was over a second ago; messages whose lease was."""

    outbox: int
    timers: int
    leases: int


class Database:
    """How much of what should leave at once is still there."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def ask(self) -> Depths:
        """All three at one moment."""
        if self._connection is None:
            self._connection = await asyncpg.connect(self._url, timeout=PATIENCE_S)
        row = await self._connection.fetchrow(
            """
            SELECT (SELECT count(*) FROM alerting.outbox) + (SELECT count(*) FROM reporting.outbox)
                       + (SELECT count(*) FROM intake.outbox) AS outbox,
                   (SELECT count(*) FROM alerting.timers WHERE due_at < now() - interval '1 second') AS timers,
                   (SELECT count(*) FROM alerting.messages
                    WHERE state = 'sending' AND lease_until < now() - interval '1 second') AS leases
            """
        )
        assert row is not None
        return Depths(row["outbox"], row["timers"], row["leases"])

    async def close(self) -> None:
        """Connect anew the next time."""
        connection, self._connection = self._connection, None
        if connection:
            connection.terminate()
