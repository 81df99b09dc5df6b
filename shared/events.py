"""Every event that travels on a topic: frozen, past tense, versioned; a version only grows."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from shared.words import (
    AlertState,
    Answer,
    Category,
    Certainty,
    Confidentiality,
    Kind,
    PageState,
    Severity,
    Urgency,
)

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _keepable(at: datetime) -> datetime:
    """A clock gone mad says the year 1 or 9999: PostgreSQL's infinities lie there, and in UTC such a time overflows."""
    return at if EARLIEST < at < LATEST else min(max(at, EARLIEST), LATEST)


Moment = Annotated[AwareDatetime, AfterValidator(_keepable)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Part(BaseModel):
    """A frozen piece of an event; unknown fields of newer writers are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Location(Part):
    """Where; what is known of it. `building` is the campus file's code, None outdoors. Degrees are WGS 84."""

    building: str | None = None
    floor: str | None = None
    room: str | None = None
    zone: str | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    on_campus: bool | None = None
    building_known: bool = True


class Source(Part):
    """Who said so: the system, its device, and the name the source gave the event."""

    system: str
    device: str | None = None
    external_id: str | None = None


class Attachment(Part):
    """A file or camera image that belongs to an incident."""

    url: str
    kind: str
    sha256: str | None = None


class IncidentReported(Part):
    """Something happened, or (with `clears`) something that happened is over."""

    incident_id: UUID
    kind: Kind
    category: Category
    severity: Severity
    urgency: Urgency = Urgency.UNKNOWN
    certainty: Certainty = Certainty.UNKNOWN
    occurred_at: Moment
    received_at: Moment
    location: Location
    source: Source
    title: str = ""
    text: str = ""
    details: dict[str, Any] = Field(default_factory=dict)
    confidentiality: Confidentiality = Confidentiality.INTERNAL
    drill: bool = False
    attachments: tuple[Attachment, ...] = ()
    dedup_key: str | None = None
    clears: str | None = None

    @property
    def confidential(self) -> bool:
        """Whether the advisers alone may know of it."""
        return self.confidentiality is Confidentiality.CONFIDENTIAL


class TimelineLine(Part):
    """One decision about an alert: when, what, why (a `Reason`), which event caused it, in words."""

    seq: int
    at: Moment
    event: str
    reason: str
    cause: str
    text: str


class AlertUpdated(Part):
    """An alert as it stands after a decision; `version` grows by one each time, `timeline` holds the new lines."""

    alert_id: UUID
    version: int
    plan: str
    kind: Kind
    state: AlertState
    building: str | None
    severity: Severity
    title: str
    drill: bool
    confidentiality: Confidentiality
    opened_at: Moment
    updated_at: Moment
    step: int
    needed: dict[str, int]
    coming: dict[str, int]
    next_step_at: Moment | None
    restored_at: Moment | None
    closed_at: Moment | None
    close_reason: str | None
    acknowledged_by: str | None = None
    incident_ids: tuple[UUID, ...]
    timeline: tuple[TimelineLine, ...]


class PageUpdated(Part):
    """One member's page as it stands; `version` grows by one each time. No address, no phone number."""

    page_id: UUID
    version: int
    alert_id: UUID
    member_id: str
    member: str
    team: str
    functions: tuple[str, ...] = ()
    step: int
    channel: str
    state: PageState
    sent_at: Moment | None
    delivered_at: Moment | None
    answer: Answer | None
    answered_at: Moment | None
    eta_s: int | None
    building: str | None
    confidentiality: Confidentiality
    updated_at: Moment


Event = IncidentReported | AlertUpdated | PageUpdated

TYPES: dict[str, type[Event]] = {
    "nl.meldkamer.incident.reported.v1": IncidentReported,
    "nl.meldkamer.alert.updated.v1": AlertUpdated,
    "nl.meldkamer.page.updated.v1": PageUpdated,
}
TYPE_OF: dict[type[Event], str] = {model: name for name, model in TYPES.items()}


def event_time(event: Event) -> datetime:
    """The time that `ce_time` carries: when the fact came to be."""
    return event.occurred_at if isinstance(event, IncidentReported) else event.updated_at
