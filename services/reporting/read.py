"""Reads the views for lists and details. `all_rows` is False for readers who may not see what is confidential."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from services.reporting.views import (
    AlertItem,
    AlertView,
    IncidentView,
    PageView,
    alert_of,
    incident_of,
    item_of,
    page_of,
)
from shared.cursor import Place
from shared.db import Connection
from shared.timeline import lines


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of incidents is narrowed to; None is everything. A kind's family (`fire`) stands for its kinds."""

    kind: str | None = None
    building: str | None = None
    severity: str | None = None


async def newest_incidents(
    db: Connection, only: Filter, before: Place | None, limit: int, all_rows: bool
) -> list[IncidentView]:
    """Newest first, behind a place."""
    rows = await db.fetch(
        """
        SELECT i.*, coalesce(c.revision, 0) AS revision
        FROM incidents i LEFT JOIN changes c ON c.entity = 'incident' AND c.id = i.incident_id
        WHERE ($1::timestamptz IS NULL OR (i.received_at, i.incident_id) < ($1, $2::uuid))
          AND ($3::text IS NULL OR i.kind = $3 OR starts_with(i.kind, $3 || '.'))
          AND ($4::text IS NULL OR i.building = $4)
          AND ($5::text IS NULL OR i.severity = $5)
          AND ($6 OR i.confidentiality <> 'confidential')
        ORDER BY i.received_at DESC, i.incident_id DESC
        LIMIT $7
        """,
        before.at if before else None,
        before.id if before else None,
        only.kind,
        only.building,
        only.severity,
        all_rows,
        limit,
    )
    return [incident_of(row) for row in rows]


async def changed_incidents(db: Connection, only: Filter, after: int, limit: int, all_rows: bool) -> list[IncidentView]:
    """Those that changed after a revision, in the order they changed."""
    rows = await db.fetch(
        """
        SELECT i.*, c.revision
        FROM changes c JOIN incidents i ON i.incident_id = c.id
        WHERE c.entity = 'incident' AND c.revision > $1
          AND ($2::text IS NULL OR i.kind = $2 OR starts_with(i.kind, $2 || '.'))
          AND ($3::text IS NULL OR i.building = $3)
          AND ($4::text IS NULL OR i.severity = $4)
          AND ($5 OR i.confidentiality <> 'confidential')
        ORDER BY c.revision
        LIMIT $6
        """,
        after,
        only.kind,
        only.building,
        only.severity,
        all_rows,
        limit,
    )
    return [incident_of(row) for row in rows]


async def incident(db: Connection, incident_id: UUID, all_rows: bool) -> IncidentView | None:
    """One incident, or None when it is unknown or not for this reader."""
    row = await db.fetchrow(
        """
        SELECT i.*, coalesce(c.revision, 0) AS revision
        FROM incidents i LEFT JOIN changes c ON c.entity = 'incident' AND c.id = i.incident_id
        WHERE i.incident_id = $1 AND ($2 OR i.confidentiality <> 'confidential')
        """,
        incident_id,
        all_rows,
    )
    return incident_of(row) if row else None


async def newest_alerts(
    db: Connection, state: str | None, building: str | None, before: Place | None, limit: int, all_rows: bool
) -> list[AlertItem]:
    """Newest first, behind a place."""
    rows = await db.fetch(
        """
        SELECT a.*, coalesce(c.revision, 0) AS revision
        FROM alerts a LEFT JOIN changes c ON c.entity = 'alert' AND c.id = a.alert_id
        WHERE ($1::timestamptz IS NULL OR (a.opened_at, a.alert_id) < ($1, $2::uuid))
          AND ($3::text IS NULL OR a.state = $3)
          AND ($4::text IS NULL OR a.building = $4)
          AND ($5 OR a.confidentiality <> 'confidential')
        ORDER BY a.opened_at DESC, a.alert_id DESC
        LIMIT $6
        """,
        before.at if before else None,
        before.id if before else None,
        state,
        building,
        all_rows,
        limit,
    )
    return [item_of(row) for row in rows]


async def open_alerts(db: Connection, all_rows: bool) -> list[AlertItem]:
    """Every alert that is not closed, oldest first."""
    rows = await db.fetch(
        """
        SELECT a.*, coalesce(c.revision, 0) AS revision
        FROM alerts a LEFT JOIN changes c ON c.entity = 'alert' AND c.id = a.alert_id
        WHERE a.state <> 'closed' AND ($1 OR a.confidentiality <> 'confidential')
        ORDER BY a.opened_at, a.alert_id
        """,
        all_rows,
    )
    return [item_of(row) for row in rows]


async def alert(db: Connection, alert_id: UUID, all_rows: bool) -> AlertView | None:
    """One alert, of a long timeline the beginning and the end; None when it is unknown or not for this reader."""
    row = await db.fetchrow(
        """
        SELECT a.*, coalesce(c.revision, 0) AS revision
        FROM alerts a LEFT JOIN changes c ON c.entity = 'alert' AND c.id = a.alert_id
        WHERE a.alert_id = $1 AND ($2 OR a.confidentiality <> 'confidential')
        """,
        alert_id,
        all_rows,
    )
    if row is None:
        return None
    pages = await _pages(db, [alert_id], all_rows)
    return alert_of(row, pages, await lines(db, alert_id))


async def pages_of(db: Connection, alerts: Sequence[UUID], all_rows: bool) -> list[PageView]:
    """The pages of some alerts, by step and name."""
    return [page_of(row) for row in await _pages(db, alerts, all_rows)]


async def _pages(db: Connection, alerts: Sequence[UUID], all_rows: bool) -> list[asyncpg.Record]:
    return await db.fetch(
        """
        SELECT p.*, coalesce(c.revision, 0) AS revision
        FROM pages p LEFT JOIN changes c ON c.entity = 'page' AND c.id = p.page_id
        WHERE p.alert_id = ANY($1::uuid[]) AND ($2 OR p.confidentiality <> 'confidential')
        ORDER BY p.step, p.member, p.page_id
        """,
        list(alerts),
        all_rows,
    )
