"""The SQL of inbox, ledger and dead letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection
from shared.records import headers_to_json
from shared.wire import RawRecord


@dataclass(frozen=True, slots=True)
class Run:
    """The offsets of one partition in a batch: first, last, and how many in between were not there."""

    topic: str
    partition: int
    first: int
    last: int
    missing: int


@dataclass(frozen=True, slots=True)
class Dead:
    """A record that could not be read or handled, and why."""

    record: RawRecord
    reason: str


def runs(records: Sequence[RawRecord]) -> list[Run]:
    """One run per partition of a batch, sorted so that concurrent batches lock rows in one order."""
    offsets: dict[tuple[str, int], list[int]] = {}
    for record in records:
        offsets.setdefault((record.topic, record.partition), []).append(record.offset)
    return [
        Run(topic, partition, min(seen), max(seen), max(seen) - min(seen) + 1 - len(set(seen)))
        for (topic, partition), seen in sorted(offsets.items())
    ]


async def enter(
    tx: Connection, consumer: str, seen: Sequence[Run], ids: Mapping[UUID, str | None], now: datetime
) -> tuple[set[UUID], int]:
    """Enter the runs in the ledger and the ids in the inbox, and take the new ones' locks in order, in one round trip.

    `ids` name the lock of each, if it has one; it is held until the commit. Returns the ids that were not there (a
    concurrent replica's entry is waited for), and how many offsets are missing in all of this consumer's partitions of
    the batch.
    """
    row = await tx.fetchrow(
        """
        WITH noted AS (
            INSERT INTO ledger AS l (consumer, topic, partition, first_offset, next_offset, missing)
            SELECT $1, r.topic, r.partition, r.first, r.last + 1, r.missing
            FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[])
                 AS r (topic, partition, first, last, missing)
            ON CONFLICT (consumer, topic, partition) DO UPDATE SET
                next_offset = greatest(l.next_offset, excluded.next_offset),
                missing = l.missing + excluded.missing + greatest(0, excluded.first_offset - l.next_offset)
            RETURNING missing
        ), fresh AS (
            INSERT INTO inbox (event_id, seen_at)
            SELECT id, $8 FROM unnest($7::uuid[]) AS id ORDER BY id
            ON CONFLICT (event_id) DO NOTHING
            RETURNING event_id
        )
        SELECT ARRAY(SELECT event_id FROM fresh) AS fresh,
               (SELECT coalesce(sum(missing), 0)::bigint FROM noted) AS missing,
               ARRAY(SELECT pg_advisory_xact_lock(hashtext(name))::text
                     FROM (SELECT DISTINCT name FROM unnest($7::uuid[], $9::text[]) AS given (event_id, name)
                           JOIN fresh USING (event_id) WHERE name IS NOT NULL ORDER BY name) AS sorted) AS locked
        """,
        consumer,
        [r.topic for r in seen],
        [r.partition for r in seen],
        [r.first for r in seen],
        [r.last for r in seen],
        [r.missing for r in seen],
        list(ids),
        now,
        list(ids.values()),
    )
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return set(row["fresh"]), row["missing"]


async def bury(tx: Connection, dead: Sequence[Dead], now: datetime) -> list[Dead]:
    """Keep dead letters as they came; returns those that were not there yet (another replica may have been first)."""
    rows = await tx.fetch(
        """
        INSERT INTO dead_letters (topic, partition, "offset", key, value, headers, reason, buried_at)
        SELECT d.topic, d.partition, d.off, d.key, d.value, d.headers, d.reason, $8
        FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bytea[], $5::bytea[], $6::jsonb[], $7::text[])
             AS d (topic, partition, off, key, value, headers, reason)
        ORDER BY d.topic, d.partition, d.off
        ON CONFLICT (topic, partition, "offset") DO NOTHING
        RETURNING topic, partition, "offset"
        """,
        [d.record.topic for d in dead],
        [d.record.partition for d in dead],
        [d.record.offset for d in dead],
        [d.record.key for d in dead],
        [d.record.value for d in dead],
        [headers_to_json(d.record.headers) for d in dead],
        [d.reason.replace("\0", "\ufffd") for d in dead],  # it may quote what was sent
        now,
    )
    new = {(row["topic"], row["partition"], row["offset"]) for row in rows}
    return [d for d in dead if (d.record.topic, d.record.partition, d.record.offset) in new]
