"""What machines may send, one model an endpoint. Unknown fields are kept; only what cannot be understood is refused."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, model_validator

from shared.events import Attachment, Latitude, Longitude
from shared.words import Category, Certainty, Confidentiality, Kind, Severity, Urgency

MOST_AT_ONCE = 5_000  # reports in one request: others wait while they are read
MOST_ATTACHMENTS = 1_000

Name = Annotated[str, Field(min_length=1, max_length=200)]
BuildingCode = Annotated[
    str,
    Field(min_length=1, max_length=64, description="Code of the campus file; an unknown one is flagged."),
]
ExternalId = Annotated[
    str | None, Field(max_length=500, description="The source's own name of this event: a repeat is the same incident.")
]
OccurredAt = Annotated[AwareDatetime | None, Field(description="RFC 3339 with offset; left out: now.")]


class Machine(BaseModel):
    """A report of a device or system: numbers do as names, fields we do not know are kept raw."""

    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True, str_strip_whitespace=True)


class FireEvent(StrEnum):
    """What a fire panel says."""

    ALARM = "alarm"
    FAULT = "fault"
    RESTORED = "restored"
    TEST = "test"
    SPRINKLER_FLOW = "sprinkler_flow"
    EVACUATION = "evacuation"


class FireAlarm(Machine):
    """A message of a fire, sprinkler or evacuation panel about one device."""

    device: Name = Field(description="Detector, button or loop; a restored clears what the same device reported.")
    building: BuildingCode
    event: FireEvent
    external_id: ExternalId = None
    zone: str | None = None
    floor: str | None = None
    room: str | None = None
    occurred_at: OccurredAt = None
    text: str = ""


class AccessKind(StrEnum):
    """What an access control system says of a door."""

    FORCED = "forced"
    HELD_OPEN = "held_open"
    DENIED = "denied"
    DURESS = "duress"
    TAMPER = "tamper"
    GRANTED = "granted"


class AccessEvent(Machine):
    """A message of an access control system about one door."""

    door: Name
    building: BuildingCode
    event: AccessKind
    badge: str | None = Field(None, description="Kept with an alarm; of a granted access nobody's badge is kept.")
    external_id: ExternalId = None
    zone: str | None = None
    floor: str | None = None
    room: str | None = None
    occurred_at: OccurredAt = None
    text: str = ""


class Place(Machine):
    """Where an accident was: a point, words, or both."""

    lat: Latitude | None = None
    lon: Longitude | None = None
    text: str | None = Field(None, max_length=500)
    building: str | None = Field(None, max_length=64, description="The building it was near, if any.")

    @model_validator(mode="after")
    def somewhere(self) -> "Place":
        """A place without a point, words or building is none."""
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon belong together")
        if self.lat is None and not self.text and not self.building:
            raise ValueError("give lat and lon, or text")
        return self


class TrafficAccident(Machine):
    """An accident on the campus roads."""

    place: Place
    occurred_at: AwareDatetime = Field(description="RFC 3339 with offset.")
    parties: list[str] = Field(
        default_factory=list,
        max_length=50,
        description="car, bicycle, e_bike, pedestrian, moped, bus, truck, ...",
    )
    injured: int = Field(0, ge=0, le=10_000, description="How many people were hurt.")
    crossing: JsonValue = Field(None, description="Which crossing, or whether it was one.")
    conditions: JsonValue = Field(None, description="Weather, light, surface.")
    text: str = ""
    external_id: ExternalId = None


class PlaceOfIncident(Machine):
    """What is known of where."""

    building: str | None = Field(None, max_length=64, description="Code of the campus file; an unknown one is flagged.")
    floor: str | None = None
    room: str | None = None
    zone: str | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    on_campus: bool | None = None


class SourceOfIncident(Machine):
    """Who says so, within the system that the key belongs to."""

    system: str | None = Field(None, max_length=200)
    device: str | None = Field(None, max_length=200)
    external_id: ExternalId = None


class Incident(Machine):
    """Any incident. Only `kind` is needed; what is left out follows from the kind."""

    kind: Kind
    category: Category | None = None
    severity: Severity | None = None
    urgency: Urgency | None = None
    certainty: Certainty | None = None
    occurred_at: OccurredAt = None
    location: PlaceOfIncident = Field(default_factory=PlaceOfIncident)
    source: SourceOfIncident = Field(default_factory=SourceOfIncident)
    title: str = Field("", max_length=500)
    text: str = ""
    details: dict[str, JsonValue] = Field(default_factory=dict)
    confidentiality: Confidentiality | None = None
    drill: bool = False
    attachments: tuple[Attachment, ...] = Field((), max_length=MOST_ATTACHMENTS)
    dedup_key: str | None = Field(None, max_length=500, description="What `clears` may name; else the external_id.")
    clears: str | None = Field(
        None,
        max_length=500,
        description="An incident_id, or a dedup_key or external_id of this source: that is over. Give the"
        " location.building of the alarm, which keeps them in order.",
    )
    external_id: ExternalId = None


class AlertStatus(StrEnum):
    """Alertmanager's two states."""

    FIRING = "firing"
    RESOLVED = "resolved"


class PrometheusAlert(Machine):
    """One alert of an Alertmanager notification."""

    status: AlertStatus
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    startsAt: AwareDatetime | None = None  # Alertmanager's spelling
    endsAt: AwareDatetime | None = None
    fingerprint: str | None = None
    generatorURL: str | None = None


class AlertmanagerNotification(Machine):
    """Alertmanager's webhook, version 4."""

    version: str | None = None
    groupKey: str | None = None
    alerts: list[PrometheusAlert] = Field(max_length=MOST_AT_ONCE)
