"""Rebuilds the views from the topics beside the live ones, compares both, and repairs what differs.

    first record ──> shadow tables ──> up to the live ledger ──> hold the live fold, fold the tail ──> compare, repair

The live views serve readers all the time; only their fold waits while the tail is folded and the tables compared.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from aiokafka import TopicPartition

from services.reporting import compare, store
from services.reporting.compare import LIVE, SHADOW, Differences
from services.reporting.fold import fold
from services.reporting.replay import Offsets, Replay, replay
from shared import migrate
from shared.db import Connection, role_of
from shared.errors import MeldkamerError, Unreadable
from shared.events import Event
from shared.wire import RawRecord, decode

Progress = Callable[[int, int], None]
Buried = frozenset[tuple[str, int, int]]
LOCK = 0x7265_6275


class Busy(MeldkamerError):
    """Another rebuild is under way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rebuild read and found. `kept` rows are older than the topics' retention: they cannot be checked."""

    records: int
    unreadable: int
    kept: int
    differences: Differences
    repaired: bool


async def rebuild(
    database_url: str, bootstrap: list[str], topics: Sequence[str], consumer: str, check: bool, progress: Progress
) -> Outcome:
    """Rebuild, compare and, but for `check`, repair. `database_url` names the owner, `consumer` the live ledger's."""
    async with _connected(database_url) as owner, _shadow(owner), _connected(database_url) as writer:
        await _become(writer, SHADOW)
        await writer.execute("SET synchronous_commit = off")
        async with replay(bootstrap, topics) as reader:
            filling = Filling(reader, writer, progress)
            await filling.upto(await _ledger(owner, consumer, topics), await _buried(owner))
            async with owner.transaction():
                await owner.execute("SELECT set_config('role', $1, true), set_config('search_path', $2, true)",
                                    role_of(LIVE), LIVE)  # fmt: skip
                await store.lock_revision(owner)
                await filling.upto(await _ledger(owner, consumer, topics), await _buried(owner))
                horizon = await _horizon(owner, consumer, reader)
                kept = await compare.keep_expired(owner, horizon) if horizon else 0
                found = await compare.differences(owner)
                repaired = bool(found.total) and not check
                if repaired:
                    await compare.repair(owner)
    return Outcome(filling.records, filling.unreadable, kept, found, repaired)


class Filling:
    """Folds what a replay reads into the shadow tables, a transaction for each batch."""

    def __init__(self, reader: Replay, writer: Connection, progress: Progress) -> None:
        self._reader = reader
        self._writer = writer
        self._progress = progress
        self.records = 0
        self.unreadable = 0

    async def upto(self, ends: Offsets, buried: Buried) -> None:
        """Fold every record below `ends`; dead letters are passed over as the live fold did."""
        total = sum(max(0, end - self._reader.first.get(part, end)) for part, end in ends.items())
        async for records in self._reader.upto(ends):
            events = [event for record in records if (event := self._read(record, buried)) is not None]
            async with self._writer.transaction():
                await fold(events, self._writer)
            self.records += len(records)
            self._progress(self.records, max(total, self.records))

    def _read(self, record: RawRecord, buried: Buried) -> Event | None:
        if (record.topic, record.partition, record.offset) in buried:
            self.unreadable += 1
            return None
        try:
            return decode(record)
        except Unreadable:
            self.unreadable += 1
            return None


async def _ledger(owner: Connection, consumer: str, topics: Sequence[str]) -> dict[TopicPartition, int]:
    """Up to where the live views have folded each partition."""
    rows = await owner.fetch(
        "SELECT topic, partition, next_offset FROM reporting.ledger WHERE consumer = $1 AND topic = ANY($2::text[])",
        consumer,
        list(topics),
    )
    return {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def _buried(owner: Connection) -> Buried:
    """What the live fold could not read or handle."""
    rows = await owner.fetch('SELECT topic, partition, "offset" FROM reporting.dead_letters')
    return frozenset((row["topic"], row["partition"], row["offset"]) for row in rows)


async def _horizon(owner: Connection, consumer: str, reader: Replay) -> datetime | None:
    """Before when records that the live views have folded are no longer on the topics; None when all are there."""
    rows = await owner.fetch(
        "SELECT topic, partition, first_offset FROM reporting.ledger WHERE consumer = $1", consumer
    )
    folded = {TopicPartition(row["topic"], row["partition"]): row["first_offset"] for row in rows}
    expired = [part for part, first in reader.first.items() if first > folded.get(part, first)]
    return max([await reader.oldest(part) for part in expired], default=None)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Connection]:
    """A connection without the services' time-outs: comparing a million rows takes its time."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def _shadow(owner: Connection) -> AsyncIterator[None]:
    """Empty tables of the same migrations beside the live ones, gone afterwards."""
    if not await owner.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
        raise Busy("another rebuild is under way; wait for it")
    await _drop(owner)
    await owner.execute("CREATE SCHEMA reporting_shadow AUTHORIZATION meldkamer_reporting")
    await migrate.apply(owner, LIVE, schema=SHADOW)
    try:
        yield
    finally:
        await _drop(owner)


async def _drop(owner: Connection) -> None:
    await owner.execute("DROP SCHEMA IF EXISTS reporting_shadow CASCADE")
    await owner.execute("DELETE FROM public.meldkamer_migrations WHERE schema = $1", SHADOW)


async def _become(connection: Connection, schema: str) -> None:
    """Work as the service's role in a schema."""
    await connection.execute(
        "SELECT set_config('role', $1, false), set_config('search_path', $2, false)", role_of(LIVE), schema
    )
