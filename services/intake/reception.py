"""What is known when a report comes in, and what every report is given: its id, its place, its title, its flags."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import JsonValue

from services.intake.models import Machine
from shared import ids
from shared.campus import Campus
from shared.events import Location
from shared.phrase import Phrase

CLOCK_AHEAD = timedelta(minutes=5)
CLOCK_BEHIND = timedelta(days=1)
LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Reception:
    """What is known beside the report: whose key, when it came, the campus, where new ids come from."""

    source: str
    now: datetime
    campus: Campus
    new_id: Callable[[], UUID]
    _places: dict[tuple[str | None, ...], Location] = field(default_factory=dict, compare=False, repr=False)

    def id_of(self, external_id: str | None, system: str | None = None) -> UUID:
        """The same name from the same source is the same incident; an event without a name is a new one.

        The id of that follows from a random one, so that every id has version 5: see `clears` in normalise_incident.py.
        """
        if not external_id:
            return ids.uuid5(ids.NAMESPACE, str(self.new_id()))
        return ids.incident_id(f"{self.source}/{system or self.source}", external_id)

    def place(
        self, building: str | None, zone: str | None = None, floor: str | None = None, room: str | None = None
    ) -> Location:
        """A building in the campus file's spelling, or flagged as unknown; one request's reports share them."""
        named = (building, zone, floor, room)
        if (found := self._places.get(named)) is None:
            found = self._places[named] = self._place(*(words and words[:LONGEST_WORDS] for words in named))
        return found

    def _place(self, building: str | None, zone: str | None, floor: str | None, room: str | None) -> Location:
        """Long words have been cut: pages repeat them."""
        known = self.campus.building(building) if building else None
        if known:
            return Location(building=known.code, zone=zone, floor=floor, room=room, on_campus=known.on_campus)
        return Location(building=building or None, zone=zone, floor=floor, room=room, building_known=not building)

    def point(self, where: Location, lat: float, lon: float) -> Location:
        """The same place with its point; a point inside a building is in that building when nobody named one."""
        inside = None if where.building else self.campus.locate(lat, lon)
        building = inside.code if inside else where.building
        on_campus = self.campus.on_campus(lat, lon) if where.on_campus is None else where.on_campus
        return where.model_copy(update={"lat": lat, "lon": lon, "building": building, "on_campus": on_campus})

    def title(self, what: Phrase, *more: str | None) -> str:
        """In the campus's language, and what tells this one from others; `titles.read_in` reads it in another."""
        return ", ".join([what.read_in(self.campus.language), *filter(None, more)])


def extras(
    report: Machine, occurred_at: datetime | None, now: datetime, late_is_wrong: bool = True, keep_raw: bool = True
) -> dict[str, JsonValue]:
    """What every machine's report may add to the details: fields we do not know, and how far its clock is off."""
    found: dict[str, JsonValue] = {}
    unknown: Mapping[str, JsonValue] | None = report.model_extra
    if unknown and keep_raw:
        found["raw"] = dict(unknown)
    if occurred_at is not None:
        off = occurred_at - now
        if off > CLOCK_AHEAD or (late_is_wrong and off < -CLOCK_BEHIND):
            found["clock_off_s"] = round(off.total_seconds())
    return found
