"""The facts an alert freezes when it opens: its plan, its building, and the people who can be paged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from shared.phrase import Phrase
from shared.words import Function, Kind, Language, Severity

TOTAL = "total"
_NONE = Phrase("", "")
BHV, BUDDY, BUDDIES = "bhv", "buddy", "buddies"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a member; the first of a member's channels is his primary one."""

    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person who can be paged."""

    member_id: str
    name: str
    language: Language
    functions: tuple[Function, ...]
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Local hours on some weekdays (0 is Monday); an end not after the start lies on the next day."""

    weekdays: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Step:
    """Which teams, and how many seconds before the next step.

    A team word is `bhv` (the building's own team), `buddy` (the first buddy building without an alarm of its own that
    was not paged yet), `buddies` (all remaining such buildings) or the id of a team.
    """

    teams: tuple[str, ...]
    for_s: int


@dataclass(frozen=True, slots=True)
class Plan:
    """For which incidents it holds, how many responders are needed (`total`, and per function), and whom to page."""

    id: str
    name: str
    kinds: frozenset[Kind]
    min_severity: Severity
    hours: tuple[Window, ...] | None
    needed: Mapping[str, int]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """A plan that needs nobody or pages nobody is a mistake in the campus file, not a plan."""
        if self.needed.get(TOTAL, 0) < 1 or not self.steps:
            raise ValueError(f"plan {self.id} must need at least one responder and have a step")
        unknown = set(self.needed) - {TOTAL, *Function}
        if unknown:
            raise ValueError(f"plan {self.id} needs unknown functions: {', '.join(sorted(unknown))}")


@dataclass(frozen=True, slots=True)
class BuildingFacts:
    """What the campus file says of a building; `hazards` by room."""

    code: str
    name: Phrase
    buddies: tuple[str, ...] = ()
    meeting_point: Phrase = _NONE
    hazards: Mapping[str, tuple[Phrase, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What never changes after an alert opened.

    `roster` holds every team the plan can page and of it the people present then. A team without its key has no
    members at all; an empty one has members of whom nobody was present.
    """

    plan: Plan
    building: BuildingFacts | None
    roster: Mapping[str, tuple[Member, ...]]

    @property
    def buddies(self) -> tuple[str, ...]:
        """The buddy buildings in order."""
        return self.building.buddies if self.building else ()


def bhv_team(building: str) -> str:
    """The team id of a building's BHV."""
    return f"bhv-{building.lower()}"
