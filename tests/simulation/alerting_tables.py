"""Alerting's tables, and its SQL in Python: each function stands for the one of its name in the module named.

A row of `alerts` holds its incidents and pages, for both change under the alert's row lock alone. The guards of the SQL
are checks here: a row that would have been left as it is means that a decision was lost.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

import asyncpg

from services.alerting import store_write
from services.alerting.core.model import Alert, Decision, JoinedIncident, Page
from services.alerting.people import Someone
from services.alerting.store_gather import Standing, Wanted
from services.alerting.store_write import Lease
from shared.words import AlertState, MessageType
from tests.simulation.database import Tx
from tests.simulation.tables import ServiceTables, write_out


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message on its way."""

    key: str
    page_id: UUID
    alert_id: UUID
    type: MessageType
    n: int
    state: str
    token: UUID
    until: datetime
    attempts: int
    cause_at: datetime
    refusals: int = 0


class AlertingTables(ServiceTables):
    """The schema `alerting`; `decided` is told of every committed decision, with the alert as it was before."""

    def __init__(self, people: Sequence[Someone], decided: Callable[[Alert | None, Decision, datetime], None]) -> None:
        super().__init__("alerting", replicas=2)
        self.people = people
        self.decided = decided
        self.alerts: dict[UUID, Alert] = {}
        self.holder: dict[UUID, UUID] = {}  # the primary key of alert_incidents
        self.alert_of_page: dict[UUID, UUID] = {}
        self.messages: dict[str, MessageRow] = {}
        self.timers: dict[UUID, datetime] = {}


def of(tx: Tx) -> AlertingTables:
    """The tables of a transaction of alerting."""
    return cast(AlertingTables, tx.schema)


async def gather(tx: Tx, wanted: Wanted, now: datetime) -> tuple[list[Alert], Standing]:  # noqa: ARG001 - no shelves
    """`store_gather`: found as committed, locked in order of id, looked at again when locked; known incidents, busy
    buildings, the roster's version (people do not change here).
    """

    def named(alert: Alert) -> list[JoinedIncident]:
        ids, cleared = wanted.ids, wanted.cleared
        all_ = [i for i in alert.incidents if i.incident_id in ids or (i.dedup_key in cleared and not i.cleared)]
        one_each = {i.dedup_key: i for i in alert.incidents if i.dedup_key in wanted.keys}.values()
        return list({i.incident_id: i for i in (*all_, *one_each)}.values())

    def called(alert: Alert) -> bool:
        drill = wanted.drills and alert.drill and alert.teams_paged
        here = alert.building in wanted.buildings and not alert.confidential
        there = alert.building in wanted.unknown and not alert.confidential
        same_key = there and any(i.dedup_key in wanted.keys for i in alert.incidents)
        keys = {*wanted.cleared, *wanted.keys}
        holds = any(i.incident_id in wanted.ids or (i.dedup_key in keys and not i.cleared) for i in alert.incidents)
        return alert.state is not AlertState.CLOSED and bool(here or same_key or drill or holds)

    await tx.statement("gather")
    known = frozenset(id_ for id_ in wanted.ids if tx.get(of(tx).holder, id_))
    standing = Standing(known, _busy(tx), frozenset(), 1)
    found = [id_ for id_, alert in tx.rows(of(tx).alerts).items() if called(alert)]
    return await _locked(tx, found, called, named), standing


async def lock_alerts(tx: Tx, ids: Sequence[UUID]) -> list[Alert]:
    """`store_read`: in order of id."""
    await tx.statement("lock alerts")
    return await _locked(tx, ids, _any)


async def lock_alert_of_page(tx: Tx, page_id: UUID) -> Alert | None:
    """`store_read`: None for a page that is not there (yet)."""
    await tx.statement("lock the page's alert")
    alert_id = tx.get(of(tx).alert_of_page, page_id)
    found = await _locked(tx, [alert_id], _any) if alert_id else []
    return found[0] if found else None


async def lock_due(tx: Tx, now: datetime, early: Sequence[UUID], limit: int) -> list[Alert]:
    """`store_read`: FOR UPDATE SKIP LOCKED, the longest due first."""
    await tx.statement("lock what is due")
    timers = tx.rows(of(tx).timers)
    due = sorted((at, id_) for id_, at in timers.items() if at <= now or id_ in early)
    free = [id_ for _, id_ in due if tx.is_free("alert", id_)][:limit]
    return [(await _locked(tx, [id_], _any))[0] for id_ in free]


async def busy_buildings(tx: Tx) -> frozenset[str]:
    """`store_read`: those whose BHV has an alarm of its own."""
    await tx.statement("busy buildings")
    return _busy(tx)


async def timers(tx: Tx) -> list[tuple[UUID, datetime]]:
    """`store_read`: what is awaited, as committed."""
    await tx.statement("timers")
    return sorted(tx.rows(of(tx).timers).items(), key=lambda row: row[1])


async def read_alerts(tx: Tx, ids: Sequence[UUID]) -> list[Alert]:
    """`store_read`: not locked."""
    await tx.statement("read alerts")
    rows = tx.rows(of(tx).alerts)
    return [rows[id_] for id_ in ids if id_ in rows]


async def everybody(tx: Tx) -> list[Someone]:
    """`people.everybody`."""
    await tx.statement("people")
    return list(of(tx).people)


async def save(tx: Tx, before: Iterable[Alert], decisions: Sequence[Decision], now: datetime, lease: Lease) -> None:
    """`store_write`: alerts, incidents, pages, leased messages, timers and outgoing events in one statement."""
    changed = [decision for decision in decisions if decision.changed]
    if not changed:
        return
    await tx.statement("save")
    tables, known = of(tx), {alert.alert_id: alert for alert in before}
    for decision in changed:
        alert = decision.alert
        await tx.lock("alert", alert.alert_id)
        _save_alert(tx, alert, decision.pages)
        for page in decision.pages:
            tx.put(tables.alert_of_page, page.page_id, alert.alert_id)
        for m in decision.messages:
            if tx.get(tables.messages, m.key) is None:
                row = (m.key, m.page_id, alert.alert_id, m.type, m.n, "sending", lease.token, lease.until, 0)
                tx.put(tables.messages, m.key, MessageRow(*row, lease.cause_at))
        tx.put(tables.timers, alert.alert_id, alert.due_at)
        tx.at_commit.append(_telling(tables, known.get(alert.alert_id), decision, now))
    write_out(tx, store_write.outgoing(changed, now))


async def save_pages(tx: Tx, pages: Sequence[tuple[Alert, Page]]) -> None:
    """`store_write`: pages alone, each in a newer version."""
    if not pages:
        return
    await tx.statement("save pages")
    for given, page in pages:
        alert = tx.get(of(tx).alerts, given.alert_id)
        assert alert is not None
        old = next(p for p in alert.pages if p.page_id == page.page_id)
        if old.version + 1 == page.version:
            row = replace(alert, pages=tuple(page if p is old else p for p in alert.pages))
            tx.put(of(tx).alerts, alert.alert_id, row)
        else:
            tx.process.world.wrong("nothing is lost", f"page {page.page_id} {old.version} -> {page.version}")


async def save_timers(tx: Tx, alerts: Sequence[Alert]) -> None:
    """`store_write`: when to look again, or not at all."""
    if not alerts:
        return
    await tx.statement("save timers")
    for alert in alerts:
        tx.put(of(tx).timers, alert.alert_id, alert.due_at)


async def _locked(
    tx: Tx,
    ids: Iterable[UUID],
    wanted: Callable[[Alert], bool],
    at_hand: Callable[[Alert], Sequence[JoinedIncident]] = lambda _: (),
) -> list[Alert]:
    found = []
    for id_ in sorted(ids):
        await tx.lock("alert", id_)
        alert = tx.get(of(tx).alerts, id_)
        if alert is not None and wanted(alert):
            found.append(replace(alert, incidents=tuple(at_hand(alert))))
    return found


def _any(alert: Alert) -> bool:  # noqa: ARG001 - every alert is wanted
    return True


def _busy(tx: Tx) -> frozenset[str]:
    return frozenset(
        alert.building
        for alert in tx.rows(of(tx).alerts).values()
        if alert.state is not AlertState.CLOSED and alert.restored_at is None and alert.building and alert.holds_bhv
    )


def _save_alert(tx: Tx, alert: Alert, changed: Sequence[Page]) -> None:
    """The row, its primary keys and the unique index of open alerts."""
    tables = of(tx)
    old = tx.get(tables.alerts, alert.alert_id)
    if (old.version if old else 0) + 1 != alert.version:
        tx.process.world.wrong("nothing is lost", f"alert {alert.alert_id} {old and old.version} -> {alert.version}")
    versions = {page.page_id: page.version for page in old.pages} if old else {}
    for page in changed:
        if versions.get(page.page_id, 0) + 1 != page.version:
            tx.process.world.wrong("nothing is lost", f"page {page.page_id} -> {page.version}")
    if old is None and any(_same_call(alert, other) for other in tx.rows(tables.alerts).values()):
        raise asyncpg.UniqueViolationError("alerts_open")
    incidents = {joined.incident_id: joined for joined in (*(old.incidents if old else ()), *alert.incidents)}
    tx.put(tables.alerts, alert.alert_id, replace(alert, incidents=tuple(incidents.values())))
    for joined in alert.incidents:
        if tx.get(tables.holder, joined.incident_id) is None:
            tx.put(tables.holder, joined.incident_id, alert.alert_id)


def _same_call(one: Alert, other: Alert) -> bool:
    return (
        other.state is not AlertState.CLOSED
        and one.frozen.building is not None
        and not (one.confidential or other.confidential)
        and (one.building, one.frozen.plan.id, one.drill) == (other.building, other.frozen.plan.id, other.drill)
    )


def _telling(tables: AlertingTables, before: Alert | None, decision: Decision, now: datetime) -> Callable[[], None]:
    return lambda: tables.decided(before, decision, now)
