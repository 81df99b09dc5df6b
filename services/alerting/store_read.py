"""Reading alerts: one query a table for a whole batch, locked in one order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.alerting.core.model import Alert, Line
from services.alerting.rows import alert_of, line_of
from shared.db import Connection


async def lock_buildings(tx: Connection, buildings: Sequence[str]) -> None:
    """Until the commit, no other replica opens an alert in these buildings."""
    await tx.execute(
        """
        SELECT pg_advisory_xact_lock(hashtext('building ' || b))
        FROM (SELECT b FROM unnest($1::text[]) AS b ORDER BY b) AS sorted
        """,
        list(buildings),
    )


async def lock_open_alerts(
    tx: Connection, buildings: Sequence[str], ids: Sequence[UUID], keys: Sequence[str]
) -> list[Alert]:
    """The open alerts of these buildings, and those that hold an incident with one of these ids or dedup keys."""
    rows = await tx.fetch(
        """
        SELECT a.* FROM alerts a
        WHERE a.state <> 'closed' AND (
            a.building = ANY($1::text[])
            OR a.alert_id IN (SELECT alert_id FROM alert_incidents WHERE incident_id = ANY($2::uuid[]))
            OR a.alert_id IN (
                SELECT alert_id FROM alert_incidents WHERE dedup_key = ANY($3::text[]) AND NOT cleared))
        ORDER BY a.alert_id
        FOR UPDATE
        """,
        list(buildings),
        list(ids),
        list(keys),
    )
    return await _whole(tx, rows)


async def lock_alerts(tx: Connection, ids: Sequence[UUID]) -> list[Alert]:
    """These alerts, in order of id, closed ones too."""
    rows = await tx.fetch(
        "SELECT * FROM alerts WHERE alert_id = ANY($1::uuid[]) ORDER BY alert_id FOR UPDATE", list(ids)
    )
    return await _whole(tx, rows)


async def lock_alert_of_page(tx: Connection, page_id: UUID) -> Alert | None:
    """The alert of a page, or None when there is no such page."""
    rows = await tx.fetch(
        """
        SELECT * FROM alerts WHERE alert_id = (SELECT alert_id FROM pages WHERE page_id = $1) FOR UPDATE
        """,
        page_id,
    )
    alerts = await _whole(tx, rows)
    return alerts[0] if alerts else None


async def member_of_page(tx: Connection, page_id: UUID) -> str | None:
    """Whose page this is; None when there is no such page."""
    member_id: str | None = await tx.fetchval("SELECT member_id FROM pages WHERE page_id = $1", page_id)
    return member_id


async def lock_due(tx: Connection, now: datetime, early: Sequence[UUID], limit: int) -> list[Alert]:
    """Alerts that are due, and those whose monotonic deadline passed; another replica's are skipped."""
    rows = await tx.fetch(
        """
        SELECT a.* FROM timers t JOIN alerts a USING (alert_id)
        WHERE t.due_at <= $1 OR t.alert_id = ANY($2::uuid[])
        ORDER BY t.due_at LIMIT $3
        FOR UPDATE OF a SKIP LOCKED
        """,
        now,
        list(early),
        limit,
    )
    return await _whole(tx, rows)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a batch of incidents is held against besides the alerts: known ids, busy buildings, the roster's version."""

    known: frozenset[UUID]
    busy: frozenset[str]
    roster_version: int


async def standing(tx: Connection, ids: Sequence[UUID]) -> Standing:
    """One round trip for the three; `known` are those of the incidents that an alert, also a closed one, holds."""
    row = await tx.fetchrow(
        """
        SELECT
            ARRAY(SELECT incident_id FROM alert_incidents WHERE incident_id = ANY($1::uuid[])) AS known,
            ARRAY(SELECT DISTINCT building FROM alerts
                  WHERE state <> 'closed' AND NOT drill AND restored_at IS NULL AND building IS NOT NULL) AS busy,
            (SELECT version FROM roster) AS roster_version
        """,
        list(ids),
    )
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return Standing(frozenset(row["known"]), frozenset(row["busy"]), row["roster_version"])


async def busy_buildings(tx: Connection) -> frozenset[str]:
    """Buildings with a real, open alert of their own: their BHV is not called as a buddy."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT building FROM alerts
        WHERE state <> 'closed' AND NOT drill AND restored_at IS NULL AND building IS NOT NULL
        """
    )
    return frozenset(row["building"] for row in rows)


async def timers(tx: Connection) -> list[tuple[UUID, datetime]]:
    """What is awaited next, the first 1,000."""
    rows = await tx.fetch("SELECT alert_id, due_at FROM timers ORDER BY due_at LIMIT 1000")
    return [(row["alert_id"], row["due_at"]) for row in rows]


async def alerts_page(
    tx: Connection, state: str | None, building: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[Alert]:
    """Alerts, newest first, without pages; `before` is the last one of the former page."""
    at, alert_id = before or (None, None)
    rows = await tx.fetch(
        """
        SELECT * FROM alerts
        WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR building = $2)
          AND ($3::timestamptz IS NULL OR (opened_at, alert_id) < ($3, $4::uuid))
        ORDER BY opened_at DESC, alert_id DESC LIMIT $5
        """,
        state,
        building,
        at,
        alert_id,
        limit,
    )
    found = {alert.alert_id: alert for alert in await _whole(tx, rows)}
    return [found[row["alert_id"]] for row in rows]


async def read_alerts(tx: Connection, ids: Sequence[UUID]) -> list[Alert]:
    """These alerts, not locked."""
    return await _whole(tx, await tx.fetch("SELECT * FROM alerts WHERE alert_id = ANY($1::uuid[])", list(ids)))


async def timeline(tx: Connection, alert_id: UUID) -> list[Line]:
    """The timeline of an alert, oldest first."""
    rows = await tx.fetch("SELECT * FROM timeline WHERE alert_id = $1 ORDER BY seq", alert_id)
    return [line_of(row) for row in rows]


async def _whole(tx: Connection, rows: Sequence[Record]) -> list[Alert]:
    """The alerts of these rows with their incidents and pages."""
    if not rows:
        return []
    ids = [row["alert_id"] for row in rows]
    incidents = await tx.fetch(
        "SELECT * FROM alert_incidents WHERE alert_id = ANY($1::uuid[]) ORDER BY alert_id, n", ids
    )
    pages = await tx.fetch("SELECT * FROM pages WHERE alert_id = ANY($1::uuid[]) ORDER BY alert_id, n", ids)
    by_alert_i, by_alert_p = _by_alert(incidents), _by_alert(pages)
    return [alert_of(row, by_alert_i.get(row["alert_id"], ()), by_alert_p.get(row["alert_id"], ())) for row in rows]


def _by_alert(rows: Sequence[Record]) -> dict[UUID, list[Record]]:
    grouped: dict[UUID, list[Record]] = {}
    for row in rows:
        grouped.setdefault(row["alert_id"], []).append(row)
    return grouped
