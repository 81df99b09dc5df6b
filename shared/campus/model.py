"""The campus as the other parts see it: frozen, complete, every name resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cached_property

from shared.campus import geometry
from shared.campus.geometry import Ring
from shared.campus.vocabulary import ChannelKind, Day, Faculty, Scope, TeamKind
from shared.phrase import Phrase
from shared.words import Function, Kind, Language, Severity


@dataclass(frozen=True, slots=True)
class Hazard:
    """What a responder must know before going into a room."""

    room: str
    text: Phrase


@dataclass(frozen=True, slots=True)
class Zone:
    """The place in words of a zone of the fire panel."""

    zone: str
    text: Phrase


@dataclass(frozen=True, slots=True)
class Building:
    """A building; `polygon` is its outline as [lon, lat] in degrees WGS 84, not closed; `buddies` in order of call."""

    code: str
    name: Phrase
    polygon: Ring
    meeting_point: Phrase
    faculty: Faculty | None = None
    on_campus: bool = True
    hazards: tuple[Hazard, ...] = ()
    zones: tuple[Zone, ...] = ()
    buddies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Team:
    """People who are paged together; `building` is set for the BHV team of a building."""

    team_id: str
    kind: TeamKind
    name: Phrase
    building: str | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """A weekly window in the campus's own time; `end` at or before `start` runs into the next day."""

    days: tuple[Day, ...]
    start: time
    end: time

    @property
    def weekdays(self) -> frozenset[int]:
        """The days as `date.weekday()` counts them: Monday is 0."""
        return frozenset(list(Day).index(day) for day in self.days)

    def covers(self, weekday: int, at: time) -> bool:
        """Whether the moment is inside; Monday is 0. A window past midnight belongs to the day it began."""
        days = self.weekdays
        if self.start < self.end:
            return weekday in days and self.start <= at < self.end
        return (weekday in days and at >= self.start) or ((weekday - 1) % 7 in days and at < self.end)


@dataclass(frozen=True, slots=True)
class Step:
    """Which teams are paged (`bhv`, `buddy`, `buddies` or a team id), and after how many seconds the next step."""

    teams: tuple[str, ...]
    for_s: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Who must come to what. `needed` has `total` and optionally a count per function; None for hours is always."""

    id: str
    name: Phrase
    kinds: tuple[Kind, ...]
    min_severity: Severity
    hours: tuple[Hours, ...] | None
    needed: Mapping[str, int]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A system that is expected to report; nobody watches over `silent_after_s` (s) yet."""

    name: str
    system: str
    scope: Scope
    text: Phrase
    kinds: tuple[Kind, ...] = ()
    silent_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach a member; the first of a member is the primary one."""

    kind: ChannelKind
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member for the database; `building` is where he is present to begin with, None: he never said."""

    member_id: str
    name: str
    language: Language
    teams: tuple[str, ...]
    functions: tuple[Function, ...]
    channels: tuple[Channel, ...]
    building: str | None = None


@dataclass(frozen=True)
class Campus:
    """All of the campus file; buildings, plans and sources in the order they are written."""

    name: Phrase
    timezone: str
    emergency_number: str
    language: Language
    buildings: tuple[Building, ...]
    teams: tuple[Team, ...]
    plans: tuple[Plan, ...]
    sources: tuple[Source, ...] = field(default=())

    def building(self, code: str) -> Building | None:
        """The building of that code, in capitals or not."""
        return self._by_code.get(code.strip().upper())

    def team(self, team_id: str) -> Team | None:
        """The team of that id."""
        return self._by_id.get(team_id)

    def team_of(self, building: str) -> str:
        """The id of a building's own BHV team, known or not."""
        return f"bhv-{building.strip().lower()}"

    def locate(self, lat: float, lon: float) -> Building | None:
        """The building whose outline holds the place."""
        return next((b for b in self.buildings if geometry.inside(b.polygon, (lon, lat))), None)

    def on_campus(self, lat: float, lon: float) -> bool:
        """Whether the place is within the convex hull of the buildings on campus or 150 m around it."""
        return geometry.near(self._terrain, (lon, lat), geometry.CAMPUS_MARGIN_M)

    @cached_property
    def _terrain(self) -> Ring:
        return geometry.hull(point for b in self.buildings if b.on_campus for point in b.polygon)

    @cached_property
    def _by_code(self) -> dict[str, Building]:
        return {b.code: b for b in self.buildings}

    @cached_property
    def _by_id(self) -> dict[str, Team]:
        return {team.team_id: team for team in self.teams}
