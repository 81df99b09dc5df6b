"""Looks once a second at what should go down to nothing: lag, outbox, what is overdue; and at who says to be ready."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import aiohttp
import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared import topics
from tests.proof.history import How, Writer
from tests.proof.target import Target

EVERY_S = 1.0
PATIENCE_S = 1.5
T = TypeVar("T")
FAILURES = (KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, aiohttp.ClientError, OSError, TimeoutError)


class Levels:
    """`run` until cancelled. A level that could not be asked is null."""

    def __init__(self, target: Target, history: Writer) -> None:
        self._target, self._history = target, history
        self._database = Database(target.database_url)
        self._kafka = Kafka(target.bootstrap, target.groups)

    async def run(self) -> None:
        """One line a second, however long the asking takes."""
        timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
        async with aiohttp.ClientSession(timeout=timeout) as client:
            try:
                while True:
                    due = time.monotonic() + EVERY_S
                    await self.look(client)
                    await asyncio.sleep(max(0.0, due - time.monotonic()))
            finally:
                await self._database.close()
                await self._kafka.close()

    async def look(self, client: aiohttp.ClientSession) -> None:
        """One line: `spool` is 0, for the product keeps none yet; `lags` tells of each group that is behind."""
        names = list(self._target.ready)
        lags, depths, ready = await asyncio.gather(
            _asked(self._kafka.lags(), self._kafka.close),
            _asked(self._database.depths(), self._database.close),
            asyncio.gather(*(self._ready(client, self._target.ready[name]) for name in names)),
        )
        outbox, timers, leases = depths or (None, None, None)
        self._history.write(
            "levels", "level", How.INFO,
            lag=None if lags is None else sum(lags.values()),
            lags=lags and {group: lag for group, lag in lags.items() if lag},
            spool=0,
            outbox=outbox,
            overdue=None if timers is None or leases is None else timers + leases,
            timers=timers,
            leases=leases,
            ready=dict(zip(names, ready, strict=True)),
        )  # fmt: skip

    async def _ready(self, client: aiohttp.ClientSession, url: str) -> bool:
        try:
            async with client.get(url) as answer:
                return answer.status == 200
        except FAILURES:
            return False


class Kafka:
    """How far each group is behind the ends of its topics."""

    def __init__(self, bootstrap: Sequence[str], groups: Sequence[str]) -> None:
        self._bootstrap = list(bootstrap)
        self._groups = {group: topics.of_consumer(group.partition("-")[0]) for group in groups}
        self._admin: AIOKafkaAdminClient | None = None
        self._reader: AIOKafkaConsumer | None = None
        self._parts: list[TopicPartition] = []

    async def lags(self) -> dict[str, int]:
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


class Database:
    """How much of what should leave at once is still there."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def depths(self) -> tuple[int, int, int]:
        """Rows of the outboxes; alerts whose time was over a second ago; messages whose lease was."""
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
        return row["outbox"], row["timers"], row["leases"]

    async def close(self) -> None:
        """Connect anew the next time."""
        connection, self._connection = self._connection, None
        if connection:
            connection.terminate()


async def _asked(asking: Awaitable[T], close: Callable[[], Awaitable[None]]) -> T | None:
    """The answer, or None; then the connection is closed."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await asking
    except FAILURES:
        with contextlib.suppress(*FAILURES):
            async with asyncio.timeout(PATIENCE_S):
                await close()
        return None
