"""Reporting's tables, and its SQL in Python: each function stands for its namesake in `store` or `store_alerts`."""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from services.reporting.batch import Link, rank
from shared.events import AlertUpdated, IncidentReported, PageUpdated, TimelineLine
from tests.simulation.database import Tx
from tests.simulation.tables import ServiceTables

Changed = tuple[str, UUID]


class ViewTables(ServiceTables):
    """The schema `reporting`; `changed` is told of the committed revisions, in order."""

    def __init__(self, changed: Callable[[Sequence[tuple[Changed, int]]], None]) -> None:
        super().__init__("reporting", replicas=1)
        self.changed = changed
        self.incidents: dict[UUID, IncidentReported] = {}
        self.alert_of: dict[UUID, UUID] = {}
        self.links: dict[tuple[UUID, UUID], datetime] = {}
        self.alerts: dict[UUID, AlertUpdated] = {}
        self.pages: dict[UUID, PageUpdated] = {}
        self.lines: dict[tuple[UUID, int], TimelineLine] = {}
        self.revision: dict[str, int] = {"current": 0}
        self.changes: dict[Changed, int] = {}

    def views(self) -> tuple[dict[Hashable, object], ...]:
        """What readers see but for the revisions, which tell the order in which it came."""
        tables = (self.incidents, self.alert_of, self.alerts, self.pages, self.lines)
        return tuple(cast(dict[Hashable, object], table) for table in tables)


def of(tx: Tx) -> ViewTables:
    """The tables of a transaction of reporting."""
    return cast(ViewTables, tx.schema)


async def lock_revision(tx: Tx) -> int:
    """`store`: FOR UPDATE of the one row."""
    await tx.statement("lock revision")
    await tx.lock("revision")
    return tx.rows(of(tx).revision)["current"]


async def upsert_incidents(tx: Tx, incidents: Sequence[IncidentReported]) -> list[UUID]:
    """`store._upsert_incidents`: WHERE the rank of excluded < the rank of what is there."""
    new = []
    for incident in incidents:
        old = tx.get(of(tx).incidents, incident.incident_id)
        if old is None or rank(incident) < rank(old):
            tx.put(of(tx).incidents, incident.incident_id, incident)
            new.append(incident.incident_id)
    return new


async def insert_links(tx: Tx, links: Sequence[Link]) -> list[UUID]:
    """`store._insert_links`: those that were not there."""
    new = [link for link in links if tx.get(of(tx).links, (link.incident_id, link.alert_id)) is None]
    for link in new:
        tx.put(of(tx).links, (link.incident_id, link.alert_id), link.opened_at)
    return [link.incident_id for link in new]


async def choose_alerts(tx: Tx, incidents: Sequence[UUID]) -> list[UUID]:
    """`store`: the alert that opened first of those that took the incident up."""
    relinked = []
    links = tx.rows(of(tx).links) if incidents else {}
    for id_ in dict.fromkeys(incidents):
        of_it = [(at, alert_id) for (incident_id, alert_id), at in links.items() if incident_id == id_]
        if of_it and id_ in tx.rows(of(tx).incidents) and tx.get(of(tx).alert_of, id_) != min(of_it)[1]:
            tx.put(of(tx).alert_of, id_, min(of_it)[1])
            relinked.append(id_)
    return relinked


async def upsert_alerts(tx: Tx, alerts: Sequence[AlertUpdated]) -> list[UUID]:
    """`store_alerts`: WHERE version < excluded.version."""
    newer = []
    for alert in alerts:
        old = tx.get(of(tx).alerts, alert.alert_id)
        if old is None or old.version < alert.version:
            tx.put(of(tx).alerts, alert.alert_id, alert)
            newer.append(alert.alert_id)
    return newer


async def upsert_pages(tx: Tx, pages: Sequence[PageUpdated]) -> list[UUID]:
    """`store_alerts`: WHERE version < excluded.version."""
    newer = []
    for page in pages:
        old = tx.get(of(tx).pages, page.page_id)
        if old is None or old.version < page.version:
            tx.put(of(tx).pages, page.page_id, page)
            newer.append(page.page_id)
    return newer


async def insert_lines(tx: Tx, lines: Sequence[tuple[UUID, TimelineLine]]) -> None:
    """`store_alerts`: ON CONFLICT DO NOTHING."""
    await tx.statement("views")
    for alert_id, line in lines:
        if tx.get(of(tx).lines, (alert_id, line.seq)) is None:
            tx.put(of(tx).lines, (alert_id, line.seq), line)


async def note_changes(tx: Tx, incidents: Sequence[UUID], alerts: Sequence[UUID], pages: Sequence[UUID]) -> None:
    """`store`: the next revisions, one a changed row."""
    tables = of(tx)
    ids: list[Changed] = [("incident", i) for i in incidents]
    ids += [("alert", a) for a in alerts]
    ids += [("page", p) for p in pages]
    before = tx.rows(tables.revision)["current"]
    noted = [(changed, before + n) for n, changed in enumerate(ids, start=1)]
    for changed, revision in noted:
        tx.put(tables.changes, changed, revision)
    tx.put(tables.revision, "current", before + len(ids))
    tx.at_commit.append(lambda: tables.changed(noted))
