"""From the fields of the traffic form to an accident, or to what is not right with them. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from services.intake.fields import Fields
from services.intake.models import Place, TrafficAccident
from services.intake.reception import CLOCK_AHEAD
from shared.campus import Campus
from shared.events import Latitude, Longitude

Party = Literal["car", "bicycle", "e_bike", "moped", "motorcycle", "pedestrian", "bus", "truck", "other"]
Condition = Literal["dry", "wet", "slippery", "dark", "fog", "busy", "roadworks"]
LISTS = ("parties", "conditions")

# Their words, message ids of the catalogue, in the order of the form.
PARTIES: dict[Party, str] = {
    "car": "Car",
    "bicycle": "Bicycle",
    "e_bike": "E-bike",
    "moped": "Moped",
    "motorcycle": "Motorcycle",
    "pedestrian": "Pedestrian",
    "bus": "Bus",
    "truck": "Lorry",
    "other": "Something else",
}
CONDITIONS: dict[Condition, str] = {
    "dry": "Dry",
    "wet": "Wet",
    "slippery": "Slippery",
    "dark": "Dark",
    "fog": "Fog",
    "busy": "Busy",
    "roadworks": "Roadworks",
}

# Message ids of the catalogue: by field, and what any text may be wrong with.
TOO_LONG = "This text is too long."
STALE = "This form is out of date: reload the page."
MESSAGES = {
    "date": "Fill in the day.",
    "time": "Fill in the time, as 14:05. About is good enough.",
    "injured": "Fill in a number; 0 when nobody was hurt.",
    "lat": "Fill in degrees, such as 52.2398.",
    "lon": "Fill in degrees, such as 6.8501.",
}
NO_PLACE = "Say where it was: in words, or choose a building."
HALF_A_POINT = "Latitude and longitude belong together."
NO_BUILDING = "Choose a building from the list."
FUTURE = "This is still to come: check the day and the time."


class Wrong(Exception):
    """One or more fields are not right: a message id by field; `form` is the form as a whole."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__(", ".join(messages))
        self.messages = dict(messages)


class TrafficForm(BaseModel):
    """What a person fills in. `report_id` came with the empty form: sending it twice is one accident."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    report_id: UUID
    place: str = Field("", max_length=500)
    building: str = Field("", max_length=64)
    lat: Latitude | None = None
    lon: Longitude | None = None
    date: date
    time: time
    parties: list[Party] = Field(default_factory=list)
    injured: int = Field(0, ge=0, le=1000)
    crossing: str = Field("", max_length=200)
    conditions: list[Condition] = Field(default_factory=list)
    text: str = Field("", max_length=5000)

    @field_validator("lat", "lon", "injured", mode="before")
    @classmethod
    def empty_is_none(cls, value: str) -> str | None:
        """A browser sends an empty field as an empty text; a comma is a point here."""
        return value.replace(",", ".") or None


def read(fields: Fields, campus: Campus, now: datetime) -> tuple[UUID, TrafficAccident]:
    """The name that the form brought along and the accident; raises Wrong."""
    values = {name: [*found] if name in LISTS else found[0] for name, found in fields.items()}
    if not values.get("injured"):
        values["injured"] = "0"
    nowhere = {} if any(values.get(name) for name in ("place", "building", "lat", "lon")) else {"place": NO_PLACE}
    try:
        form = TrafficForm.model_validate(values)
    except ValidationError as error:
        raise Wrong(nowhere | dict(_message(str(e["loc"][0]), e["type"]) for e in error.errors())) from None
    if nowhere:
        raise Wrong(nowhere)
    return form.report_id, _accident(form, campus, now)


def _message(field: str, type_: str) -> tuple[str, str]:
    if type_ == "string_too_long":
        return field, TOO_LONG
    return (field, MESSAGES[field]) if field in MESSAGES else ("form", STALE)


def _accident(form: TrafficForm, campus: Campus, now: datetime) -> TrafficAccident:
    """What only the campus and the clock can tell."""
    wrong: dict[str, str] = {}
    if form.building and campus.building(form.building) is None:
        wrong["building"] = NO_BUILDING
    if (form.lat is None) != (form.lon is None):
        wrong["lat"] = HALF_A_POINT
    occurred_at = datetime.combine(form.date, form.time.replace(tzinfo=None), ZoneInfo(campus.timezone))
    if occurred_at - now > CLOCK_AHEAD:
        wrong["date"] = FUTURE
    if wrong:
        raise Wrong(wrong)
    return TrafficAccident(
        place=Place(lat=form.lat, lon=form.lon, text=form.place or None, building=form.building or None),
        occurred_at=occurred_at,
        parties=list(form.parties),
        injured=form.injured,
        crossing=form.crossing or None,
        conditions=list(form.conditions) or None,
        text=form.text,
    )
