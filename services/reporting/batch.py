"""What a batch of events leaves behind: a pure reduction, the same for any repeat and any order of partitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from shared.events import AlertUpdated, Event, IncidentReported, PageUpdated, TimelineLine


@dataclass(frozen=True, slots=True)
class Link:
    """An alert took up an incident; of several alerts the first opened is the incident's."""

    incident_id: UUID
    alert_id: UUID
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """Each incident once, each alert and page in its highest version, and every line and link of every version."""

    incidents: tuple[IncidentReported, ...]
    alerts: tuple[AlertUpdated, ...]
    pages: tuple[PageUpdated, ...]
    lines: tuple[tuple[UUID, TimelineLine], ...]
    links: tuple[Link, ...]


def reduce(events: Sequence[Event]) -> Batch:
    """Keep the record of lowest rank of each incident, and the highest version of each alert and page."""
    incidents: dict[UUID, IncidentReported] = {}
    alerts: dict[UUID, AlertUpdated] = {}
    pages: dict[UUID, PageUpdated] = {}
    lines: dict[tuple[UUID, int], TimelineLine] = {}
    links: dict[tuple[UUID, UUID], Link] = {}
    for event in events:
        match event:
            case IncidentReported():
                known = incidents.setdefault(event.incident_id, event)
                if rank(event) < rank(known):
                    incidents[event.incident_id] = event
            case AlertUpdated():
                if event.alert_id not in alerts or alerts[event.alert_id].version < event.version:
                    alerts[event.alert_id] = event
                lines.update(((event.alert_id, line.seq), line) for line in event.timeline)
                taken = [Link(incident, event.alert_id, event.opened_at) for incident in event.incident_ids]
                links.update(((link.incident_id, link.alert_id), link) for link in taken)
            case PageUpdated():
                if event.page_id not in pages or pages[event.page_id].version < event.version:
                    pages[event.page_id] = event
            case _:
                assert_never(event)
    return Batch(
        tuple(incidents.values()),
        tuple(alerts.values()),
        tuple(pages.values()),
        tuple((alert_id, line) for (alert_id, _), line in lines.items()),
        tuple(links.values()),
    )


def rank(incident: IncidentReported) -> tuple[bool, datetime, str, str]:
    """Of an incident that was sent again the lowest rank is kept; `rank_in_sql` is the same of rows.

    What was once sent as confidential stays so; else what intake received first is kept. Records that differ in this,
    in kind or in building may lie on different partitions, read in any order. Of equal rank the first is kept.
    """
    return not incident.confidential, incident.received_at, incident.kind, incident.location.building or ""


def rank_in_sql(row: str) -> str:
    """`rank` of a row of incidents, as an expression: by code point, as Python compares text."""
    return (
        f"({row}.confidentiality <> 'confidential', {row}.received_at, {row}.kind COLLATE \"C\","
        f" coalesce({row}.building, '') COLLATE \"C\")"
    )
