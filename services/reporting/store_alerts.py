"""Writes the views of alerts, their pages and their timeline: guarded by version, a whole batch in one statement."""

from collections.abc import Sequence
from uuid import UUID

from services.reporting.columns import as_json, plain
from shared.db import Connection
from shared.events import AlertUpdated, PageUpdated, TimelineLine


async def upsert_alerts(tx: Connection, alerts: Sequence[AlertUpdated]) -> list[UUID]:
    """Those whose version is higher than what is there."""
    if not alerts:
        return []
    rows = await tx.fetch(
        """
        INSERT INTO alerts AS rm (alert_id, version, plan, kind, state, building, severity, title, drill,
            confidentiality, opened_at, updated_at, step, needed, coming, next_step_at, restored_at, closed_at,
            close_reason, acknowledged_by, incident_ids)
        SELECT a.alert_id, a.version, a.plan, a.kind, a.state, a.building, a.severity, a.title, a.drill,
            a.confidentiality, a.opened_at, a.updated_at, a.step, a.needed, a.coming, a.next_step_at, a.restored_at,
            a.closed_at, a.close_reason, a.acknowledged_by, string_to_array(a.incident_ids, ',')::uuid[]
        FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::boolean[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::int[], $14::jsonb[], $15::jsonb[],
            $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::text[], $20::text[], $21::text[])
            AS a (alert_id, version, plan, kind, state, building, severity, title, drill, confidentiality, opened_at,
            updated_at, step, needed, coming, next_step_at, restored_at, closed_at, close_reason, acknowledged_by,
            incident_ids)
        ON CONFLICT (alert_id) DO UPDATE SET
            version = excluded.version, plan = excluded.plan, kind = excluded.kind, state = excluded.state,
            building = excluded.building, severity = excluded.severity, title = excluded.title,
            drill = excluded.drill, confidentiality = excluded.confidentiality, opened_at = excluded.opened_at,
            updated_at = excluded.updated_at, step = excluded.step, needed = excluded.needed,
            coming = excluded.coming, next_step_at = excluded.next_step_at, restored_at = excluded.restored_at,
            closed_at = excluded.closed_at, close_reason = excluded.close_reason,
            acknowledged_by = excluded.acknowledged_by, incident_ids = excluded.incident_ids
        WHERE rm.version < excluded.version
        RETURNING alert_id
        """,
        [a.alert_id for a in alerts],
        [a.version for a in alerts],
        [a.plan for a in alerts],
        [a.kind for a in alerts],
        [a.state for a in alerts],
        [a.building for a in alerts],
        [a.severity for a in alerts],
        [plain(a.title) for a in alerts],
        [a.drill for a in alerts],
        [a.confidentiality for a in alerts],
        [a.opened_at for a in alerts],
        [a.updated_at for a in alerts],
        [a.step for a in alerts],
        [as_json(a.needed) for a in alerts],
        [as_json(a.coming) for a in alerts],
        [a.next_step_at for a in alerts],
        [a.restored_at for a in alerts],
        [a.closed_at for a in alerts],
        [a.close_reason for a in alerts],
        [a.acknowledged_by for a in alerts],
        [",".join(map(str, a.incident_ids)) for a in alerts],
    )
    return [row["alert_id"] for row in rows]


async def upsert_pages(tx: Connection, pages: Sequence[PageUpdated]) -> list[UUID]:
    """Those whose version is higher than what is there."""
    if not pages:
        return []
    rows = await tx.fetch(
        """
        INSERT INTO pages AS rm (page_id, version, alert_id, member_id, member, team, functions, step, channel, state,
            sent_at, delivered_at, answer, answered_at, eta_s, building, confidentiality, updated_at)
        SELECT p.page_id, p.version, p.alert_id, p.member_id, p.member, p.team, string_to_array(p.functions, ','),
            p.step, p.channel, p.state, p.sent_at, p.delivered_at, p.answer, p.answered_at, p.eta_s, p.building,
            p.confidentiality, p.updated_at
        FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[],
            $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::timestamptz[],
            $15::int[], $16::text[], $17::text[], $18::timestamptz[])
            AS p (page_id, version, alert_id, member_id, member, team, functions, step, channel, state, sent_at,
            delivered_at, answer, answered_at, eta_s, building, confidentiality, updated_at)
        ON CONFLICT (page_id) DO UPDATE SET
            version = excluded.version, alert_id = excluded.alert_id, member_id = excluded.member_id,
            member = excluded.member, team = excluded.team, functions = excluded.functions, step = excluded.step,
            channel = excluded.channel, state = excluded.state, sent_at = excluded.sent_at,
            delivered_at = excluded.delivered_at, answer = excluded.answer, answered_at = excluded.answered_at,
            eta_s = excluded.eta_s, building = excluded.building, confidentiality = excluded.confidentiality,
            updated_at = excluded.updated_at
        WHERE rm.version < excluded.version
        RETURNING page_id
        """,
        [p.page_id for p in pages],
        [p.version for p in pages],
        [p.alert_id for p in pages],
        [p.member_id for p in pages],
        [plain(p.member) for p in pages],
        [p.team for p in pages],
        [",".join(p.functions) for p in pages],
        [p.step for p in pages],
        [p.channel for p in pages],
        [p.state for p in pages],
        [p.sent_at for p in pages],
        [p.delivered_at for p in pages],
        [p.answer for p in pages],
        [p.answered_at for p in pages],
        [p.eta_s for p in pages],
        [p.building for p in pages],
        [p.confidentiality for p in pages],
        [p.updated_at for p in pages],
    )
    return [row["page_id"] for row in rows]


async def insert_lines(tx: Connection, lines: Sequence[tuple[UUID, TimelineLine]]) -> None:
    """Timeline lines that were not there; a line never changes."""
    if not lines:
        return
    await tx.execute(
        """
        INSERT INTO timeline (alert_id, seq, at, event, reason, cause, text)
        SELECT * FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
        ON CONFLICT (alert_id, seq) DO NOTHING
        """,
        [alert_id for alert_id, _ in lines],
        [line.seq for _, line in lines],
        [line.at for _, line in lines],
        [line.event for _, line in lines],
        [line.reason for _, line in lines],
        [plain(line.cause) for _, line in lines],
        [plain(line.text) for _, line in lines],
    )
