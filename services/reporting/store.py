"""Writes the views: set-wise guarded upserts, and a revision for every row that changed."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from services.reporting import store_alerts
from services.reporting.batch import Batch, Link, rank_in_sql
from services.reporting.columns import as_json, model_json, optional, plain
from shared.db import Connection
from shared.events import IncidentReported

Entity = Literal["incident", "alert", "page"]


async def save(tx: Connection, batch: Batch) -> None:
    """One batch into the views. The revision's row is locked first: batches of replicas go one after another."""
    await lock_revision(tx)
    new = await _upsert_incidents(tx, batch.incidents)
    linked = await _insert_links(tx, batch.links)
    relinked = await choose_alerts(tx, [*new, *linked])
    alerts = await store_alerts.upsert_alerts(tx, batch.alerts)
    pages = await store_alerts.upsert_pages(tx, batch.pages)
    await store_alerts.insert_lines(tx, batch.lines)
    incidents = list(dict.fromkeys([*new, *relinked]))
    await note_changes(tx, incidents, alerts, pages)


async def lock_revision(tx: Connection) -> int:
    """The latest revision; nobody else hands one out until this transaction ends."""
    current: int = await tx.fetchval("SELECT current FROM revision FOR UPDATE")
    return current


async def note_changes(
    tx: Connection, incidents: Sequence[UUID], alerts: Sequence[UUID], pages: Sequence[UUID]
) -> None:
    """Give each changed row the next revision; the caller holds the lock."""
    changed: list[tuple[Entity, UUID]] = [("incident", i) for i in incidents]
    changed += [("alert", a) for a in alerts]
    changed += [("page", p) for p in pages]
    if not changed:
        return
    await tx.execute(
        """
        WITH taken AS (UPDATE revision SET current = current + $3 RETURNING current - $3 AS before)
        INSERT INTO changes (entity, id, revision)
        SELECT c.entity, c.id, taken.before + c.n
        FROM taken, unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS c (entity, id, n)
        ON CONFLICT (entity, id) DO UPDATE SET revision = excluded.revision
        """,
        [entity for entity, _ in changed],
        [row for _, row in changed],
        len(changed),
    )


async def _upsert_incidents(tx: Connection, incidents: Sequence[IncidentReported]) -> list[UUID]:
    """Those that were not there, or that rank below what was; see `batch.rank`."""
    if not incidents:
        return []
    rows = await tx.fetch(
        f"""
        INSERT INTO incidents (incident_id, kind, category, severity, urgency, certainty, occurred_at, received_at,
            building, location, source, title, text, details, attachments, confidentiality, drill, dedup_key, clears)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
            $7::timestamptz[], $8::timestamptz[], $9::text[], $10::jsonb[], $11::jsonb[], $12::text[], $13::text[],
            $14::jsonb[], $15::jsonb[], $16::text[], $17::boolean[], $18::text[], $19::text[])
        ON CONFLICT (incident_id) DO UPDATE SET kind = excluded.kind, category = excluded.category,
            severity = excluded.severity, urgency = excluded.urgency, certainty = excluded.certainty,
            occurred_at = excluded.occurred_at, received_at = excluded.received_at, building = excluded.building,
            location = excluded.location, source = excluded.source, title = excluded.title, text = excluded.text,
            details = excluded.details, attachments = excluded.attachments,
            confidentiality = excluded.confidentiality, drill = excluded.drill, dedup_key = excluded.dedup_key,
            clears = excluded.clears
        WHERE {rank_in_sql("excluded")} < {rank_in_sql("incidents")}
        RETURNING incident_id
        """,  # noqa: S608 - made of two constants
        [i.incident_id for i in incidents],
        [i.kind for i in incidents],
        [i.category for i in incidents],
        [i.severity for i in incidents],
        [i.urgency for i in incidents],
        [i.certainty for i in incidents],
        [i.occurred_at for i in incidents],
        [i.received_at for i in incidents],
        [optional(i.location.building) for i in incidents],
        [model_json(i.location) for i in incidents],
        [model_json(i.source) for i in incidents],
        [plain(i.title) for i in incidents],
        [plain(i.text) for i in incidents],
        [as_json(i.details) for i in incidents],
        ["[" + ",".join(map(model_json, i.attachments)) + "]" for i in incidents],
        [i.confidentiality for i in incidents],
        [i.drill for i in incidents],
        [optional(i.dedup_key) for i in incidents],
        [optional(i.clears) for i in incidents],
    )
    return [row["incident_id"] for row in rows]


async def _insert_links(tx: Connection, links: Sequence[Link]) -> list[UUID]:
    """The incidents of links that were not there; most of a growing alert's links are."""
    if not links:
        return []
    rows = await tx.fetch(
        """
        INSERT INTO links (incident_id, alert_id, opened_at)
        SELECT n.incident_id, n.alert_id, n.opened_at
        FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS n (incident_id, alert_id, opened_at)
        WHERE NOT EXISTS (SELECT FROM links l WHERE l.incident_id = n.incident_id AND l.alert_id = n.alert_id)
        ON CONFLICT DO NOTHING
        RETURNING incident_id
        """,
        [link.incident_id for link in links],
        [link.alert_id for link in links],
        [link.opened_at for link in links],
    )
    return [row["incident_id"] for row in rows]


async def choose_alerts(tx: Connection, incidents: Sequence[UUID]) -> list[UUID]:
    """Give incidents the alert that opened first of those that took them up; returns the incidents that changed."""
    if not incidents:
        return []
    rows = await tx.fetch(
        """
        UPDATE incidents i SET alert_id = first.alert_id
        FROM (
            SELECT DISTINCT ON (l.incident_id) l.incident_id, l.alert_id
            FROM links l
            WHERE l.incident_id = ANY($1::uuid[])
            ORDER BY l.incident_id, l.opened_at, l.alert_id
        ) AS first
        WHERE i.incident_id = first.incident_id AND i.alert_id IS DISTINCT FROM first.alert_id
        RETURNING i.incident_id
        """,
        list(incidents),
    )
    return [row["incident_id"] for row in rows]
