"""Events that leave with the transaction that decided them, and the relay that carries them to Kafka at once."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared import clock, db, delivery_store, metrics, waypoint
from shared.db import Connection, Pool
from shared.delivery_store import Dead
from shared.errors import Refused, TooLarge
from shared.publish import Publisher
from shared.records import headers_from_json, headers_to_json
from shared.waypoint import Point
from shared.wire import Headers, Outgoing

log = logging.getLogger(__name__)
BATCH = 500
POLL_S = 0.5
RETRY_S = 0.25
LOCK = """
    SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.outbox')),
           set_config('synchronous_commit', 'off', true)
"""


async def put(tx: Connection, records: Sequence[Outgoing], now: datetime) -> None:
    """Add records to the outbox in this transaction; wake the relay after the commit."""
    if not records:
        return
    await tx.execute(
        """
        INSERT INTO outbox (topic, key, value, headers, created_at)
        SELECT r.topic, r.key, r.value, r.headers, $5
        FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::jsonb[])
             WITH ORDINALITY AS r (topic, key, value, headers, n)
        ORDER BY r.n
        """,
        *columns(records),
        now,
    )


def columns(records: Sequence[Outgoing]) -> tuple[list[str], list[bytes | None], list[bytes | None], list[str]]:
    """Records as the arrays of their columns: topic, key, value, headers as JSON."""
    return (
        [record.topic for record in records],
        [record.key for record in records],
        [record.value for record in records],
        [headers_to_json(record.headers) for record in records],
    )


@dataclass(slots=True)
class Unsent:
    """A record that Kafka will never take, as a dead letter: its outbox id for an offset, and no partition."""

    topic: str
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int = -1
    timestamp: int = 0


async def _bury(tx: Connection, unsent: Sequence[Unsent], now: datetime) -> None:
    """Keep what cannot be published where an operator finds it (`meldkamer dead list`)."""
    if not unsent:
        return
    reason = "Kafka takes no record of this size"
    await delivery_store.bury(tx, [Dead(record, reason) for record in unsent], now)
    for record in unsent:
        metrics.DEAD_LETTERS.labels(record.topic).inc()
        log.error("dead letter %s of the outbox, %d bytes: %s", record.topic, len(record.value or b""), reason)


class Relay:
    """Publishes the outbox in order. One relay of a service works at a time: the next waits for its lock."""

    def __init__(self, pool: Pool, publisher: Publisher) -> None:
        self._pool = pool
        self._publisher = publisher
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Call after a commit that put records in the outbox."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled: relay when woken, and look every 0.5 s for what a dead replica left."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._woken.wait()
            self._woken.clear()
            await self._drain()

    async def _drain(self) -> None:
        try:
            while await self.relay_batch() == BATCH:
                pass
        except Exception as error:  # noqa: BLE001 - told below, and tried again
            db.raise_if_cancelled(error)
            level = logging.WARNING if isinstance(error, Refused) or db.is_transient(error) else logging.ERROR
            log.log(level, "outbox is not relayed yet: %s: %s", type(error).__name__, error)
            self._woken.set()
            await asyncio.sleep(RETRY_S)

    async def relay_batch(self) -> int:
        """Publish and delete the oldest records; returns how many. On any refusal all of them stay.

        But what Kafka will never take must not hold up what lies behind it: it becomes a dead letter. The commit does
        not wait for the disk: a server that crashes right after it has the records still, and they leave once more.
        """
        async with db.transaction(self._pool) as tx:
            await tx.execute(LOCK)
            rows = await tx.fetch("SELECT id, topic, key, value, headers FROM outbox ORDER BY id LIMIT $1", BATCH)
            if not rows:
                return 0
            records = [Outgoing(r["topic"], r["key"], r["value"], headers_from_json(r["headers"])) for r in rows]
            refusals = await self._publisher.publish_each(records)
            if failed := next((r for r in refusals if r and not isinstance(r, TooLarge)), None):
                raise failed
            refused = [(row["id"], r) for row, r, refusal in zip(rows, records, refusals, strict=True) if refusal]
            await _bury(tx, [Unsent(r.topic, id_, r.key, r.value, r.headers) for id_, r in refused], clock.now())
            waypoint.passed(Point.RELAYED)
            await tx.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row["id"] for row in rows])
        metrics.OUTBOX_RELAYED.inc(len(rows))
        return len(rows)
