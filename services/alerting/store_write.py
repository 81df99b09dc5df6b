"""Saving decisions: one statement a table for a whole batch, all in the caller's transaction.

Rows travel as one JSON document a table (`jsonb_to_recordset`), so that a batch of one and of five hundred cost the
same number of round trips.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from services.alerting.core.frozen import freeze
from services.alerting.core.model import Alert, Decision, JoinedIncident, Message, Page
from services.alerting.core.report import alert_updated, page_updated
from shared import outbox
from shared.db import Connection
from shared.topics import ALERTS, PAGES
from shared.wire import Outgoing, encode

SERVICE = "alerting"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who sends the messages of a decision, until when nobody else does, and when the event came that caused them."""

    token: UUID
    until: datetime
    cause_at: datetime


async def save(
    tx: Connection, before: Iterable[Alert], decisions: Sequence[Decision], now: datetime, lease: Lease
) -> None:
    """Alerts, incidents, pages, messages (leased), timers, timeline and outgoing events of these decisions.

    `before` are the alerts as they were read: of their incidents only the new and the changed ones are written.
    """
    changed = [decision for decision in decisions if decision.changed]
    if not changed:
        return
    await _alerts(tx, [decision.alert for decision in changed])
    await _incidents(tx, {alert.alert_id: alert for alert in before}, [decision.alert for decision in changed])
    await save_pages(tx, [(d.alert, page) for d in changed for page in d.pages])
    await _messages(tx, [message for decision in changed for message in decision.messages], lease)
    await save_timers(tx, [decision.alert for decision in changed])
    await _timeline(tx, changed)
    await outbox.put(tx, outgoing(changed, now), now)


def outgoing(decisions: Iterable[Decision], now: datetime) -> list[Outgoing]:
    """The events of these decisions: the alert, then its changed pages."""
    records = []
    for decision in decisions:
        alert = decision.alert
        records.append(encode(ALERTS.name, str(alert.alert_id), alert_updated(decision), SERVICE))
        records += [page_record(alert, page, now) for page in decision.pages]
    return records


def page_record(alert: Alert, page: Page, now: datetime) -> Outgoing:
    """The event of one page."""
    return encode(PAGES.name, str(alert.alert_id), page_updated(alert, page, now), SERVICE)


async def _alerts(tx: Connection, alerts: Sequence[Alert]) -> None:
    await tx.execute(
        """
        INSERT INTO alerts AS a
        SELECT * FROM jsonb_populate_recordset(NULL::alerts, $1::jsonb)
        ON CONFLICT (alert_id) DO UPDATE SET
            version = excluded.version, severity = excluded.severity, title = excluded.title, text = excluded.text,
            state = excluded.state, step = excluded.step, deadline = excluded.deadline,
            updated_at = excluded.updated_at, restored_at = excluded.restored_at,
            stood_down_at = excluded.stood_down_at, more_asked = excluded.more_asked,
            acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at,
            closed_at = excluded.closed_at, close_reason = excluded.close_reason,
            teams_paged = excluded.teams_paged, timeline_seq = excluded.timeline_seq, places = excluded.places
        WHERE a.version < excluded.version
        """,
        _json(_alert_row(alert) for alert in alerts),
    )


def _alert_row(alert: Alert) -> dict[str, Any]:
    """The columns of `alerts`; `frozen` only when it opens, later its column is not touched."""
    return {
        "alert_id": alert.alert_id,
        "version": alert.version,
        "plan": alert.frozen.plan.id,
        "kind": alert.kind,
        "building": alert.building,
        "severity": alert.severity,
        "title": alert.title,
        "text": alert.text,
        "drill": alert.drill,
        "confidentiality": alert.confidentiality,
        "state": alert.state,
        "step": alert.step,
        "deadline": alert.deadline,
        "opened_at": alert.opened_at,
        "updated_at": alert.updated_at,
        "restored_at": alert.restored_at,
        "stood_down_at": alert.stood_down_at,
        "more_asked": alert.more_asked,
        "acknowledged_by": alert.acknowledged_by,
        "acknowledged_at": alert.acknowledged_at,
        "closed_at": alert.closed_at,
        "close_reason": alert.close_reason,
        "teams_paged": alert.teams_paged,
        "timeline_seq": alert.timeline_seq,
        "places": [asdict(place) for place in alert.places],
        "frozen": freeze(alert.frozen) if alert.version == 1 else {},
    }


async def _incidents(tx: Connection, before: dict[UUID, Alert], alerts: Sequence[Alert]) -> None:
    rows = [
        {"alert_id": alert.alert_id, "n": n, **asdict(incident)}
        for alert in alerts
        for n, incident, known in _incidents_and_known(before.get(alert.alert_id), alert)
        if incident != known
    ]
    if not rows:
        return
    await tx.execute(
        """
        INSERT INTO alert_incidents AS i
        SELECT * FROM jsonb_populate_recordset(NULL::alert_incidents, $1::jsonb)
        ON CONFLICT (incident_id) DO UPDATE SET cleared = excluded.cleared
        WHERE i.alert_id = excluded.alert_id AND i.cleared <> excluded.cleared
        """,
        _json(rows),
    )


def _incidents_and_known(
    before: Alert | None, alert: Alert
) -> Iterator[tuple[int, JoinedIncident, JoinedIncident | None]]:
    """Each incident with its place, and as it was read (incidents are only ever added at the end)."""
    known = before.incidents if before else ()
    return ((n, incident, old) for n, (incident, old) in enumerate(zip_longest(alert.incidents, known)))


async def save_pages(tx: Connection, pages: Sequence[tuple[Alert, Page]]) -> None:
    """Pages as they stand now; an older version never replaces a newer one."""
    if not pages:
        return
    places = {alert.alert_id: {p.page_id: n for n, p in enumerate(alert.pages)} for alert, _ in pages}
    rows = [{"alert_id": a.alert_id, "n": places[a.alert_id][page.page_id], **asdict(page)} for a, page in pages]
    await tx.execute(
        """
        INSERT INTO pages AS p
        SELECT * FROM jsonb_populate_recordset(NULL::pages, $1::jsonb)
        ON CONFLICT (page_id) DO UPDATE SET
            channel = excluded.channel, state = excluded.state, round = excluded.round, sent_at = excluded.sent_at,
            delivered_at = excluded.delivered_at, answer = excluded.answer, answered_at = excluded.answered_at,
            eta_s = excluded.eta_s, eta_due = excluded.eta_due, overdue = excluded.overdue, told = excluded.told,
            version = excluded.version
        WHERE p.version < excluded.version
        """,
        _json(rows),
    )


async def _messages(tx: Connection, messages: Sequence[Message], lease: Lease) -> None:
    if not messages:
        return
    await tx.execute(
        """
        INSERT INTO messages (key, page_id, type, n, state, lease_token, lease_until, cause_at)
        SELECT m.key, m.page_id, m.type, m.n, 'sending', $5, $6, $7
        FROM unnest($1::text[], $2::uuid[], $3::text[], $4::int[]) AS m (key, page_id, type, n)
        ON CONFLICT (key) DO NOTHING
        """,
        [message.key for message in messages],
        [message.page_id for message in messages],
        [message.type for message in messages],
        [message.n for message in messages],
        lease.token,
        lease.until,
        lease.cause_at,
    )


async def save_timers(tx: Connection, alerts: Sequence[Alert]) -> None:
    """When to look at these alerts again, or not at all."""
    await tx.execute(
        """
        WITH t AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS t (alert_id, due_at)),
             done AS (DELETE FROM timers USING t WHERE timers.alert_id = t.alert_id AND t.due_at IS NULL)
        INSERT INTO timers SELECT alert_id, due_at FROM t WHERE due_at IS NOT NULL
        ON CONFLICT (alert_id) DO UPDATE SET due_at = excluded.due_at
        """,
        [alert.alert_id for alert in alerts],
        [alert.due_at for alert in alerts],
    )


async def _timeline(tx: Connection, decisions: Sequence[Decision]) -> None:
    rows = [{"alert_id": d.alert.alert_id, **asdict(line)} for d in decisions for line in d.timeline]
    await tx.execute(
        """
        INSERT INTO timeline SELECT * FROM jsonb_populate_recordset(NULL::timeline, $1::jsonb)
        ON CONFLICT (alert_id, seq) DO NOTHING
        """,
        _json(rows),
    )


def _json(rows: Iterable[dict[str, Any]]) -> str:
    """Rows as JSON; ids and times as text, which PostgreSQL reads back exactly."""
    return json.dumps(list(rows), default=str)
