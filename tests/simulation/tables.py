"""The tables that every service has - inbox, ledger, dead letters, outbox - and the SQL of `shared` in Python.

What each statement means is proved on a real PostgreSQL in tests/integration; here it must only mean the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from shared.delivery_store import Dead, Run
from shared.wire import Outgoing
from tests.simulation.database import Row, Schema, Tx

Offset = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a consumer has seen of a partition."""

    first: int
    next: int
    missing: int


class ServiceTables(Schema):
    """One service's schema; `acted` counts the handler's committed acts on each event."""

    def __init__(self, name: str, replicas: int) -> None:
        super().__init__(name)
        self.replicas = replicas
        self.inbox: dict[UUID, datetime] = {}
        self.ledger: dict[tuple[str, str, int], Ledger] = {}
        self.dead: dict[Offset, str] = {}
        self.outbox: dict[int, Outgoing] = {}
        self.outbox_ids = 0
        self.acted: Counter[UUID] = Counter()

    async def execute(self, tx: Tx, query: str, *args: Sequence[int]) -> None:
        """What `Relay.relay_batch` executes: the relay's advisory lock, and the DELETE of what it published."""
        await tx.statement("relay")
        if "pg_advisory_xact_lock" in query:
            await tx.lock("relay")
            return
        assert query.startswith("DELETE FROM outbox"), query
        for id_ in args[0]:
            tx.put(self.outbox, id_, None)

    async def fetch(self, tx: Tx, query: str, limit: int) -> list[Row]:
        """What `Relay.relay_batch` fetches: the oldest committed records."""
        assert "FROM outbox ORDER BY id LIMIT" in query, query
        await tx.statement("relay")
        rows = sorted(tx.rows(self.outbox).items())[:limit]
        return [{"id": id_, "topic": r.topic, "key": r.key, "value": r.value, "headers": r.headers} for id_, r in rows]


def of(tx: Tx) -> ServiceTables:
    """The tables of a transaction."""
    return cast(ServiceTables, tx.schema)


async def enter(
    tx: Tx, consumer: str, seen: Sequence[Run], ids: Mapping[UUID, str | None], now: datetime
) -> tuple[set[UUID], int]:
    """`delivery_store.enter`: the ledger's runs, then the inbox, where a concurrent replica's entry is waited for.

    Then the locks of what is new, in order.
    """
    await tx.statement("ledger and inbox")
    tables = of(tx)
    missing = 0
    for run in seen:
        row = _entered(tx.get(tables.ledger, (consumer, run.topic, run.partition)), run)
        tx.put(tables.ledger, (consumer, run.topic, run.partition), row)
        missing += row.missing
    fresh: set[UUID] = set()
    for id_ in sorted(ids):
        if id_ not in tables.inbox:
            if tables.replicas > 1:
                await tx.lock("inbox", id_)
            if id_ not in tables.inbox:
                tx.put(tables.inbox, id_, now)
                fresh.add(id_)
    for name in sorted({name for id_, name in ids.items() if name and id_ in fresh}):
        await tx.lock("advisory", name)
    tx.at_commit.append(lambda: tables.acted.update(fresh))
    return fresh, missing


async def bury(tx: Tx, dead: Sequence[Dead], now: datetime) -> list[Dead]:  # noqa: ARG001 - as in `delivery_store`
    """`delivery_store.bury`: kept once, whoever of the replicas comes first."""
    await tx.statement("dead letters")
    tables = of(tx)
    new: list[Dead] = []
    for letter in sorted(dead, key=_place):
        if _place(letter) not in tables.dead:
            await tx.lock("dead", *_place(letter))
            if _place(letter) not in tables.dead:
                tx.put(tables.dead, _place(letter), letter.reason)
                new.append(letter)
    return [letter for letter in dead if letter in new]


async def put(tx: Tx, records: Sequence[Outgoing], now: datetime) -> None:  # noqa: ARG001 - as in `outbox`
    """`outbox.put`: a record's number is taken when it is written, not when it is committed."""
    if records:
        await tx.statement("outbox")
        write_out(tx, records)


def write_out(tx: Tx, records: Sequence[Outgoing]) -> None:
    """The INSERT into `outbox`, also as a part of a larger statement."""
    tables = of(tx)
    for record in records:
        tables.outbox_ids += 1
        tx.put(tables.outbox, tables.outbox_ids, record)


def _entered(row: Ledger | None, run: Run) -> Ledger:
    if row is None:
        return Ledger(run.first, run.last + 1, run.missing)
    gap = max(0, run.first - row.next)
    return replace(row, next=max(row.next, run.last + 1), missing=row.missing + run.missing + gap)


def _place(letter: Dead) -> Offset:
    return letter.record.topic, letter.record.partition, letter.record.offset
