"""Compares the live views with rebuilt ones row by row, and makes them equal.

Table names come from the closed list below, never from outside; revisions are no part of a view and are not compared.
"""

# ruff: noqa: S608 - the only SQL made of parts here: five tables, the same three statements

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.reporting import store
from services.reporting.batch import rank_in_sql
from services.reporting.store import Entity
from shared.db import Connection

SHADOW = "reporting_shadow"
LIVE = "reporting"
SHOWN = 100


@dataclass(frozen=True, slots=True)
class View:
    """One table: its key, the column that says when a row came to be, and what its rows are to a live stream."""

    table: str
    key: tuple[str, ...]
    time: str
    entity: Entity | None = None

    def same(self, a: str, b: str) -> str:
        """The condition that two rows have one key."""
        return " AND ".join(f"{a}.{column} = {b}.{column}" for column in self.key)


VIEWS = (
    View("incidents", ("incident_id",), "received_at", "incident"),
    View("alerts", ("alert_id",), "updated_at", "alert"),
    View("pages", ("page_id",), "updated_at", "page"),
    View("timeline", ("alert_id", "seq"), "at"),
    View("links", ("incident_id", "alert_id"), "opened_at"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as the topics say; `columns` is empty when the whole row is missing or too much."""

    table: str
    key: str
    what: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    """The first hundred of each table, and how many there are in each."""

    shown: tuple[Difference, ...]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """In all tables."""
        return sum(self.counts.values())


async def keep_expired(db: Connection, horizon: datetime) -> int:
    """Carry over live rows older than the oldest records that are still on the topics; returns how many.

    Of an incident whose record is gone a repeat may still be there: the live row stays when it ranks lower.
    """
    kept = 0
    await db.execute(
        f"DELETE FROM {SHADOW}.incidents s USING {LIVE}.incidents l"
        f" WHERE l.incident_id = s.incident_id AND l.received_at < $1 AND {rank_in_sql('l')} < {rank_in_sql('s')}",
        horizon,
    )
    for view in VIEWS:
        told = await db.execute(
            f"INSERT INTO {SHADOW}.{view.table} SELECT l.* FROM {LIVE}.{view.table} l WHERE l.{view.time} < $1"
            f" AND NOT EXISTS (SELECT FROM {SHADOW}.{view.table} s WHERE {view.same('s', 'l')})",
            horizon,
        )
        kept += int(told.rsplit(" ", 1)[1])
    return kept


async def differences(db: Connection) -> Differences:
    """Where the live views are not what the topics say."""
    shown: list[Difference] = []
    counts: dict[str, int] = {}
    for view in VIEWS:
        rows = await db.fetch(
            f"SELECT concat_ws('/', {', '.join(view.key)}) AS key, count(*) OVER () AS total,"
            f" CASE WHEN l.{view.key[0]} IS NOT NULL THEN to_jsonb(l) END AS live,"
            f" CASE WHEN s.{view.key[0]} IS NOT NULL THEN to_jsonb(s) END AS rebuilt"
            f" FROM {LIVE}.{view.table} l FULL JOIN {SHADOW}.{view.table} s USING ({', '.join(view.key)})"
            f" WHERE ROW(l.*) IS DISTINCT FROM ROW(s.*) LIMIT {SHOWN}"
        )
        counts[view.table] = rows[0]["total"] if rows else 0
        shown += [_difference(view, row["key"], row["live"], row["rebuilt"]) for row in rows]
    return Differences(tuple(sorted(shown, key=lambda d: (d.table, d.key))), counts)


def _difference(view: View, key: str, live: str | None, rebuilt: str | None) -> Difference:
    if live is None:
        return Difference(view.table, key, "missing")
    if rebuilt is None:
        return Difference(view.table, key, "too much")
    ours, theirs = json.loads(live), json.loads(rebuilt)
    return Difference(view.table, key, "different", tuple(sorted(name for name in ours if ours[name] != theirs[name])))


async def repair(db: Connection) -> None:
    """Make the live views equal to the rebuilt ones; what changed gets revisions above the live ones.

    The floor rises to the top, so that every live stream gets a snapshot: a row that is gone has no revision to send.
    """
    await store.lock_revision(db)
    changed: dict[Entity, list[UUID]] = {"incident": [], "alert": [], "page": []}
    for view in VIEWS:
        gone = await db.fetch(
            f"DELETE FROM {LIVE}.{view.table} l WHERE NOT EXISTS (SELECT FROM {SHADOW}.{view.table} s"
            f" WHERE {view.same('s', 'l')} AND ROW(s.*) IS NOT DISTINCT FROM ROW(l.*)) RETURNING {view.key[0]} AS id"
        )
        new = await db.fetch(
            f"INSERT INTO {LIVE}.{view.table} SELECT s.* FROM {SHADOW}.{view.table} s WHERE NOT EXISTS"
            f" (SELECT FROM {LIVE}.{view.table} l WHERE {view.same('l', 's')}) RETURNING {view.key[0]} AS id"
        )
        if view.entity:
            await db.execute(
                "DELETE FROM changes WHERE entity = $1 AND id = ANY($2::uuid[])", view.entity, [r["id"] for r in gone]
            )
            changed[view.entity] += [row["id"] for row in new]
    await store.note_changes(db, changed["incident"], changed["alert"], changed["page"])
    await db.execute("UPDATE revision SET current = current + 1, floor = current + 1")
