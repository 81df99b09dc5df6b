"""Saving decisions: one statement a table for a whole batch, all in the caller's transaction.

Rows travel as one JSON document a table (`jsonb_to_recordset`), so that a batch of one and of five hundred cost the
same number of round trips.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from services.alerting.core.frozen import freeze
from services.alerting.core.model import Alert, Decision, Message, Page
from services.alerting.core.report import alert_updated, page_updated
from shared import outbox
from shared.db import Connection
from shared.topics import ALERTS, PAGES
from shared.wire import Outgoing, encode

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

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

    `before` are the alerts as they were read: of their incidents only the new and the changed ones are written. All of
    it is one statement, one round trip: what stands between an event and its page is mostly round trips.
    """
    changed = [decision for decision in decisions if decision.changed]
    if not changed:
        return
    known = {alert.alert_id: alert for alert in before}
    alerts = [decision.alert for decision in changed]
    await tx.execute(
        """
        WITH saved_alerts AS (
            INSERT INTO alerts AS a SELECT * FROM jsonb_populate_recordset(NULL::alerts, $1::jsonb)
            ON CONFLICT (alert_id) DO UPDATE SET
                version = excluded.version, severity = excluded.severity, title = excluded.title,
                text = excluded.text, state = excluded.state, step = excluded.step, deadline = excluded.deadline,
                updated_at = excluded.updated_at, alarmed_at = excluded.alarmed_at, restored_at = excluded.restored_at,
                stood_down_at = excluded.stood_down_at, more_asked = excluded.more_asked,
                acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at,
                closed_at = excluded.closed_at, close_reason = excluded.close_reason,
                teams_paged = excluded.teams_paged, timeline_seq = excluded.timeline_seq, places = excluded.places,
                incident_ids = excluded.incident_ids, incidents_joined = excluded.incidents_joined,
                incidents_open = excluded.incidents_open, more_kinds = excluded.more_kinds
            WHERE a.version < excluded.version
        ), saved_incidents AS (
            INSERT INTO alert_incidents AS i
            SELECT * FROM jsonb_populate_recordset(NULL::alert_incidents, $2::jsonb)
            ON CONFLICT (incident_id) DO UPDATE SET cleared = excluded.cleared WHERE i.alert_id = excluded.alert_id
        ), saved_pages AS (
            INSERT INTO pages AS p SELECT * FROM jsonb_populate_recordset(NULL::pages, $3::jsonb)
            ON CONFLICT (page_id) DO UPDATE SET
                channel = excluded.channel, state = excluded.state, round = excluded.round,
                sent_at = excluded.sent_at, delivered_at = excluded.delivered_at, answer = excluded.answer,
                answered_at = excluded.answered_at, eta_s = excluded.eta_s, eta_due = excluded.eta_due,
                overdue = excluded.overdue, told = excluded.told, version = excluded.version
            WHERE p.version < excluded.version
        ), saved_messages AS (
            INSERT INTO messages SELECT * FROM jsonb_populate_recordset(NULL::messages, $4::jsonb)
            ON CONFLICT (key) DO NOTHING
        ), saved_timeline AS (
            INSERT INTO timeline SELECT * FROM jsonb_populate_recordset(NULL::timeline, $5::jsonb)
            ON CONFLICT (alert_id, seq) DO NOTHING
        ), due AS (
            SELECT * FROM jsonb_populate_recordset(NULL::timers, $6::jsonb)
        ), published AS (
            INSERT INTO outbox (topic, key, value, headers, created_at)
            SELECT r.topic, r.key, r.value, r.headers, $11
            FROM unnest($7::text[], $8::bytea[], $9::bytea[], $10::jsonb[])
                 WITH ORDINALITY AS r (topic, key, value, headers, n)
            ORDER BY r.n
        ), ended AS (
            DELETE FROM timers USING due WHERE timers.alert_id = due.alert_id AND due.due_at IS NULL
        )
        INSERT INTO timers SELECT * FROM due WHERE due_at IS NOT NULL
        ON CONFLICT (alert_id) DO UPDATE SET due_at = excluded.due_at
        """,
        _json(_alert_row(alert) for alert in alerts),
        _json(row for alert in alerts for row in _incident_rows(known.get(alert.alert_id), alert)),
        _json(row for decision in changed for row in _page_rows(decision.alert, decision.pages)),
        _json(_message_row(message, lease) for decision in changed for message in decision.messages),
        _json({"alert_id": d.alert.alert_id, **_columns(line)} for d in changed for line in d.timeline),
        _json({"alert_id": alert.alert_id, "due_at": alert.due_at} for alert in alerts),
        *outbox.columns(outgoing(changed, now)),
        now,
    )


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
        "alarmed_at": alert.alarmed_at,
        "restored_at": alert.restored_at,
        "stood_down_at": alert.stood_down_at,
        "more_asked": alert.more_asked,
        "acknowledged_by": alert.acknowledged_by,
        "acknowledged_at": alert.acknowledged_at,
        "closed_at": alert.closed_at,
        "close_reason": alert.close_reason,
        "teams_paged": alert.teams_paged,
        "timeline_seq": alert.timeline_seq,
        "places": alert.places,
        "frozen": freeze(alert.frozen) if alert.version == 1 else {},
        "incident_ids": alert.incident_ids,
        "incidents_joined": alert.joined,
        "incidents_open": alert.open,
        "more_kinds": alert.more_kinds,
    }


def _incident_rows(before: Alert | None, alert: Alert) -> Iterator[dict[str, Any]]:
    """Rows of what is new, numbered on, and of what changed (its number stays as it is)."""
    known = {incident.incident_id: incident for incident in before.incidents} if before else {}
    numbers = count(before.joined if before else 0)
    for incident in alert.incidents:
        old = known.get(incident.incident_id)
        if incident != old:
            yield {"alert_id": alert.alert_id, "n": 0 if old else next(numbers), **_columns(incident)}


def _page_rows(alert: Alert, pages: Iterable[Page]) -> Iterator[dict[str, Any]]:
    """Rows of pages with their place in the alert."""
    places = {page.page_id: n for n, page in enumerate(alert.pages)}
    for page in pages:
        yield {"alert_id": alert.alert_id, "n": places[page.page_id], **_columns(page)}


def _message_row(message: Message, lease: Lease) -> dict[str, Any]:
    """A message is born `sending`, leased by whoever decided it."""
    return {
        "key": message.key,
        "page_id": message.page_id,
        "type": message.type,
        "n": message.n,
        "state": "sending",
        "lease_token": lease.token,
        "lease_until": lease.until,
        "attempts": 0,
        "cause_at": lease.cause_at,
        "refusals": 0,
    }


async def save_pages(tx: Connection, pages: Sequence[tuple[Alert, Page]]) -> None:
    """Pages as they stand now; an older version never replaces a newer one."""
    if not pages:
        return
    rows = [row for alert, page in pages for row in _page_rows(alert, [page])]
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


async def save_timers(tx: Connection, alerts: Sequence[Alert]) -> None:
    """When to look at these alerts again, or not at all."""
    if not alerts:
        return
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


def _columns(value: "DataclassInstance") -> dict[str, Any]:
    """The fields of a flat value as columns, not copied."""
    return {field: getattr(value, field) for field in value.__dataclass_fields__}


def _json(rows: Iterable[dict[str, Any]]) -> str:
    """Rows as JSON; ids and times as text, which PostgreSQL reads back exactly. asyncpg's UUIDs need `default`."""
    return orjson.dumps(list(rows), default=str, option=orjson.OPT_NON_STR_KEYS).decode()
