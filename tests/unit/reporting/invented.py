"""Invented events for tests of the views; what a test does not name is filled in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from shared.events import AlertUpdated, IncidentReported, Location, PageUpdated, Source, TimelineLine
from shared.words import (
    AlertState,
    Answer,
    Category,
    Confidentiality,
    Kind,
    PageState,
    Severity,
)

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
_SPACE = UUID("0e3b2e0c-9d43-4a55-8a57-0f7f7d9f6b10")


def named(name: str) -> UUID:
    """The id of something a test calls by name."""
    return uuid5(_SPACE, name)


def after(seconds: float) -> datetime:
    """A moment in the story."""
    return START + timedelta(seconds=seconds)


def incident(
    name: str,
    *,
    kind: Kind = Kind.FIRE_ALARM,
    building: str | None = "HORST",
    severity: Severity = Severity.EXTREME,
    title: str = "",
    at: float = 0,
    confidentiality: Confidentiality = Confidentiality.INTERNAL,
    drill: bool = False,
) -> IncidentReported:
    """An incident called `name`, `at` seconds into the story."""
    return IncidentReported(
        incident_id=named(name),
        kind=kind,
        category=Category.BUILDINGS_LABS,
        severity=severity,
        occurred_at=after(at),
        received_at=after(at),
        location=Location(building=building, floor="2", room="HR-N101"),
        source=Source(system="ascom", device="detector 12", external_id=name),
        title=title or f"Melding {name}",
        text="Rook in het lab",
        details={"zone": 4},
        confidentiality=confidentiality,
        drill=drill,
    )


def alert(
    name: str,
    version: int = 1,
    *,
    incidents: Sequence[str] = (),
    state: AlertState = AlertState.PAGING,
    building: str | None = "HORST",
    severity: Severity = Severity.EXTREME,
    title: str = "",
    coming: int = 0,
    opened: float = 0,
    at: float | None = None,
    step: int = 1,
    confidentiality: Confidentiality = Confidentiality.INTERNAL,
    drill: bool = False,
    plan: str = "fire",
    kind: Kind = Kind.FIRE_ALARM,
    acknowledged_by: str | None = None,
    next_step_in: float | None = 45,
    lines: Sequence[TimelineLine] | None = None,
) -> AlertUpdated:
    """A version of the alert called `name`; by default with one timeline line of its own."""
    moment = after(opened + version if at is None else at)
    closed = state is AlertState.CLOSED
    return AlertUpdated(
        alert_id=named(name),
        version=version,
        plan=plan,
        kind=kind,
        state=state,
        building=building,
        severity=severity,
        title=title or f"Brandmelding {name}",
        drill=drill,
        confidentiality=confidentiality,
        opened_at=after(opened),
        updated_at=moment,
        step=step,
        needed={"total": 3, "lead": 1},
        coming={"total": coming, "lead": min(coming, 1)},
        next_step_at=None if closed or next_step_in is None else moment + timedelta(seconds=next_step_in),
        restored_at=None,
        closed_at=moment if closed else None,
        close_reason="false alarm" if closed else None,
        acknowledged_by=acknowledged_by,
        incident_ids=tuple(named(i) for i in incidents),
        timeline=tuple(lines) if lines is not None else (line(version, at=opened + version),),
    )


def line(seq: int, *, at: float = 0, event: str = "paged", reason: str = "opened", text: str = "") -> TimelineLine:
    """One decision."""
    return TimelineLine(
        seq=seq, at=after(at), event=event, reason=reason, cause=f"cause {seq}", text=text or f"Decision {seq}."
    )


def page(
    alert_name: str,
    member: str,
    version: int = 1,
    *,
    state: PageState = PageState.DELIVERED,
    answer: Answer | None = None,
    eta_s: int | None = None,
    step: int = 1,
    at: float | None = None,
    team: str = "bhv-horst",
    confidentiality: Confidentiality = Confidentiality.INTERNAL,
) -> PageUpdated:
    """A version of a member's page of an alert."""
    moment = after(version if at is None else at)
    return PageUpdated(
        page_id=named(f"{alert_name}/{member}/{step}"),
        version=version,
        alert_id=named(alert_name),
        member_id=member.lower().replace(" ", "-"),
        member=member,
        team=team,
        functions=("lead", "first_aid"),
        step=step,
        channel="webhook",
        state=state,
        sent_at=after(1),
        delivered_at=after(1.5),
        answer=answer,
        answered_at=moment if answer else None,
        eta_s=eta_s,
        building="HORST",
        confidentiality=confidentiality,
        updated_at=moment,
    )
