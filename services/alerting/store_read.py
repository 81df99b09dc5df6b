"""Reading alerts: one query a table for a whole batch, locked in one order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.alerting.core.model import Alert, Line
from services.alerting.rows import alert_of, line_of
from shared.db import Connection
from shared.timeline import lines


async def lock_alerts(tx: Connection, ids: Sequence[UUID]) -> list[Alert]:
    """These alerts, in order of id, closed ones too."""
    rows = await tx.fetch(
        "SELECT * FROM alerts WHERE alert_id = ANY($1::uuid[]) ORDER BY alert_id FOR UPDATE", list(ids)
    )
    return await whole(tx, rows)


async def lock_alert_of_page(tx: Connection, page_id: UUID) -> Alert | None:
    """The alert of a page, or None when there is no such page."""
    rows = await tx.fetch(
        """
        SELECT * FROM alerts WHERE alert_id = (SELECT alert_id FROM pages WHERE page_id = $1) FOR UPDATE
        """,
        page_id,
    )
    alerts = await whole(tx, rows)
    return alerts[0] if alerts else None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose page it is, and whether its alert is confidential."""

    member_id: str
    confidential: bool


async def owner_of_page(tx: Connection, page_id: UUID) -> Owner | None:
    """None when there is no such page."""
    row = await tx.fetchrow(
        """
        SELECT member_id, confidentiality = 'confidential' AS confidential
        FROM pages JOIN alerts USING (alert_id) WHERE page_id = $1
        """,
        page_id,
    )
    return Owner(**row) if row else None


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
    return await whole(tx, rows)


async def busy_buildings(tx: Connection) -> frozenset[str]:
    """Buildings whose BHV has an alarm of its own and is not called as a buddy."""
    return frozenset(row["building"] for row in await tx.fetch("SELECT building FROM busy_buildings"))


async def drills_in_the_way(tx: Connection) -> dict[UUID, UUID]:
    """Drills a team of which a real alarm has called after they began, each with the first such alarm.

    What is confidential ends none: everybody would see that it is there. Without a drill nothing else is read, however
    many alerts are open: this is asked twice a second.
    """
    rows = await tx.fetch(
        """
        SELECT drill.alert_id, real.alert_id AS real
        FROM alerts drill CROSS JOIN LATERAL (
            SELECT alert_id FROM alerts a
            WHERE a.teams_paged && drill.teams_paged
              AND NOT a.drill AND a.state <> 'closed' AND a.confidentiality <> 'confidential'
              AND a.restored_at IS NULL AND a.stood_down_at IS NULL
              AND EXISTS (
                SELECT FROM pages p WHERE p.alert_id = a.alert_id AND p.team = ANY(drill.teams_paged)
                AND p.state NOT IN ('failed', 'stood_down') AND (p.sent_at IS NULL OR p.sent_at >= drill.opened_at))
            ORDER BY a.opened_at LIMIT 1) AS real
        WHERE drill.drill AND drill.state <> 'closed' AND drill.teams_paged <> '{}'
        """
    )
    return {row["alert_id"]: row["real"] for row in rows}


async def timers(tx: Connection) -> list[tuple[UUID, datetime]]:
    """What is awaited next, the first 1,000."""
    rows = await tx.fetch("SELECT alert_id, due_at FROM timers ORDER BY due_at LIMIT 1000")
    return [(row["alert_id"], row["due_at"]) for row in rows]


async def alerts_page(
    tx: Connection,
    state: str | None,
    building: str | None,
    confidential: bool,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Alert]:
    """Alerts, newest first, confidential ones only on demand; `before` is the last one of the former page."""
    at, alert_id = before or (None, None)
    rows = await tx.fetch(
        """
        SELECT * FROM alerts
        WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR building = $2)
          AND ($3 OR confidentiality <> 'confidential')
          AND ($4::timestamptz IS NULL OR (opened_at, alert_id) < ($4, $5::uuid))
        ORDER BY opened_at DESC, alert_id DESC LIMIT $6
        """,
        state,
        building,
        confidential,
        at,
        alert_id,
        limit,
    )
    found = {alert.alert_id: alert for alert in await whole(tx, rows)}
    return [found[row["alert_id"]] for row in rows]


async def read_alerts(tx: Connection, ids: Sequence[UUID]) -> list[Alert]:
    """These alerts, not locked."""
    return await whole(tx, await tx.fetch("SELECT * FROM alerts WHERE alert_id = ANY($1::uuid[])", list(ids)))


async def timeline(tx: Connection, alert_id: UUID) -> list[Line]:
    """The timeline of an alert, oldest first; of a long one the beginning and the end."""
    return [line_of(row) for row in await lines(tx, alert_id)]


async def whole(tx: Connection, rows: Sequence[Record], incidents: Sequence[Record] = ()) -> list[Alert]:
    """The alerts of these rows with their pages, and with those of their incidents that are at hand."""
    if not rows:
        return []
    ids = [row["alert_id"] for row in rows]
    pages = await tx.fetch("SELECT * FROM pages WHERE alert_id = ANY($1::uuid[]) ORDER BY alert_id, n", ids)
    by_alert_i, by_alert_p = _by_alert(incidents), _by_alert(pages)
    return [alert_of(row, by_alert_i.get(row["alert_id"], ()), by_alert_p.get(row["alert_id"], ())) for row in rows]


def _by_alert(rows: Sequence[Record]) -> dict[UUID, list[Record]]:
    grouped: dict[UUID, list[Record]] = {}
    for row in rows:
        grouped.setdefault(row["alert_id"], []).append(row)
    return grouped
