"""Rows of the database as the core's values."""

import json
from collections.abc import Iterable
from functools import lru_cache

from asyncpg import Record

from services.alerting.core.facts import Frozen
from services.alerting.core.frozen import thaw
from services.alerting.core.model import Alert, JoinedIncident, Line, Page, Place
from services.alerting.core.reason import Event, Reason
from shared.words import (
    AlertState,
    Answer,
    Confidentiality,
    Function,
    Kind,
    Language,
    MessageType,
    PageState,
    Severity,
)


@lru_cache(maxsize=512)
def frozen_of(text: str) -> Frozen:
    """What an alert froze; the text never changes, so it is read once."""
    return thaw(json.loads(text))


def alert_of(row: Record, incidents: Iterable[Record], pages: Iterable[Record]) -> Alert:
    """An alert with the incidents that are at hand and its pages, both in order."""
    return Alert(
        alert_id=row["alert_id"],
        frozen=frozen_of(row["frozen"]),
        kind=Kind(row["kind"]),
        building=row["building"],
        severity=Severity(row["severity"]),
        title=row["title"],
        text=row["text"],
        drill=row["drill"],
        confidentiality=Confidentiality(row["confidentiality"]),
        opened_at=row["opened_at"],
        updated_at=row["updated_at"],
        alarmed_at=row["alarmed_at"] or row["updated_at"],
        incidents=tuple(_incident_of(incident) for incident in incidents),
        incident_ids=tuple(row["incident_ids"]),
        joined=row["incidents_joined"],
        open=row["incidents_open"],
        places=tuple(Place(**place) for place in json.loads(row["places"])),
        more_kinds=tuple(Kind(kind) for kind in row["more_kinds"] or ()),
        version=row["version"],
        state=AlertState(row["state"]),
        step=row["step"],
        deadline=row["deadline"],
        restored_at=row["restored_at"],
        stood_down_at=row["stood_down_at"],
        more_asked=row["more_asked"],
        acknowledged_by=row["acknowledged_by"],
        acknowledged_at=row["acknowledged_at"],
        closed_at=row["closed_at"],
        close_reason=row["close_reason"],
        teams_paged=tuple(row["teams_paged"]),
        pages=tuple(page_of(page) for page in pages),
        timeline_seq=row["timeline_seq"],
    )


def page_of(row: Record) -> Page:
    """A page; the store's lease is not part of it."""
    told: dict[str, int] = json.loads(row["told"])
    return Page(
        page_id=row["page_id"],
        member_id=row["member_id"],
        name=row["name"],
        language=Language(row["language"]),
        team=row["team"],
        functions=tuple(Function(f) for f in row["functions"]),
        step=row["step"],
        channel=row["channel"],
        state=PageState(row["state"]),
        round=row["round"],
        sent_at=row["sent_at"],
        delivered_at=row["delivered_at"],
        answer=Answer(row["answer"]) if row["answer"] else None,
        answered_at=row["answered_at"],
        eta_s=row["eta_s"],
        eta_due=row["eta_due"],
        overdue=row["overdue"],
        told={MessageType(name): n for name, n in told.items()},
        version=row["version"],
    )


def line_of(row: Record) -> Line:
    """A line of the timeline."""
    return Line(row["seq"], row["at"], Event(row["event"]), Reason(row["reason"]), row["cause"], row["text"])


def _incident_of(row: Record) -> JoinedIncident:
    return JoinedIncident(
        incident_id=row["incident_id"],
        dedup_key=row["dedup_key"],
        severity=Severity(row["severity"]),
        zone=row["zone"],
        cleared=row["cleared"],
        source=row["source"],
    )
