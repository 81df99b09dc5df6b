"""Shelving (ISA-18.2): a source or a building that pages nobody for a while, by a person and for a reason.

A device bears its name in its building alone, so a source is shelved there, or by hand on the whole campus.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is shelved: a source (`system` or `system/device`), a building, or a source in one; it ends by itself."""

    shelf_id: UUID
    source: str | None
    building: str | None
    reason: str
    by: str
    since: datetime
    until: datetime


async def shelve(tx: Connection, shelves: Sequence[Shelf]) -> None:
    """Put these on the shelf."""
    await tx.executemany(
        """
        INSERT INTO shelved (shelf_id, source, building, reason, by, since, until)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        [(s.shelf_id, s.source, s.building, s.reason, s.by, s.since, s.until) for s in shelves],
    )


async def shelved(tx: Connection, now: datetime) -> list[Shelf]:
    """What is on the shelf now; what ends first is first."""
    rows = await tx.fetch("SELECT * FROM shelved WHERE until > $1 ORDER BY until, shelf_id", now)
    return [_shelf_of(row) for row in rows]


async def end(tx: Connection, shelf_id: UUID, now: datetime) -> bool:
    """Take it off every shelf that it is on, so that it pages again; False when it is on none, or not any more."""
    done: str = await tx.execute(
        """
        UPDATE shelved s SET until = $2 FROM shelved this
        WHERE this.shelf_id = $1 AND this.until > $2 AND s.until > $2
          AND (s.source, s.building) IS NOT DISTINCT FROM (this.source, this.building)
        """,
        shelf_id,
        now,
    )
    return done != "UPDATE 0"


async def sources_of(tx: Connection, alert_id: UUID) -> list[str]:
    """The devices whose incidents are in an alert, as `system/device`."""
    of_devices = "SELECT DISTINCT source FROM alert_incidents WHERE alert_id = $1 AND source LIKE '%/%' ORDER BY source"
    return [row["source"] for row in await tx.fetch(of_devices, alert_id)]


def _shelf_of(row: Record) -> Shelf:
    return Shelf(**row)
