"""What happens on the campus: about half is only looked at, most of the rest joins open alerts, a little opens some."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, assert_never
from uuid import UUID

from shared import ids
from shared.campus import Scope
from shared.words import Kind
from tests.proof.clients.board import Board
from tests.proof.grounds import PLANS, houses
from tests.proof.target import Target

OPENING = 0.045  # of all reports; 9 a second of 200
VIEWED = 0.5
ELSEWHERE = 0.01  # of those that join: from another zone, so that everybody is told
RARE_KIND = 0.05
NOWHERE = 0.02  # of those that are viewed: without a building, or in one that the campus file does not know
Expects = Literal["page", "view"]

# Alarms that need many people are rare, those that one person answers are not.
OPENS = {"fire": 0.08, "medical": 0.06, "psychological": 0.02, "door": 0.21, "power": 0.21, "traffic": 0.21,
         "cyber": 0.21}  # fmt: skip
FIRE_EVENTS = {Kind.FIRE_ALARM: "alarm", Kind.SPRINKLER_FLOW: "sprinkler_flow", Kind.FIRE_FAULT: "fault"}
ACCESS_EVENTS = {Kind.ACCESS_FORCED: "forced", Kind.ACCESS_HELD_OPEN: "held_open", Kind.ACCESS_DENIED: "denied"}
VIEWS = (*[Kind.FIRE_FAULT] * 3, *[Kind.ACCESS_HELD_OPEN] * 4, *[Kind.ACCESS_DENIED] * 4, Kind.WATER, Kind.THEFT,
         Kind.NEAR_MISS, Kind.WEATHER, Kind.TRAVEL, Kind.HAZMAT, Kind.BURGLARY, Kind.SOURCE_SILENT,
         Kind.OTHER)  # fmt: skip
PATHS = {Scope.FIRE: "/fire-alarms", Scope.ACCESS: "/access-events", Scope.GENERAL: "/incidents"}


@dataclass(frozen=True, slots=True)
class Report:
    """Something that a source has to say, the id by which it names it, and the id that intake will give it."""

    external_id: str
    incident_id: UUID
    scope: Scope
    body: Mapping[str, object]
    building: str | None
    kind: Kind
    expects: Expects


@dataclass(slots=True)
class Mix:
    """Draws one report after the other; the same seed draws the same as long as the board says the same."""

    target: Target
    board: Board
    seed: int
    random: Random
    drawn: int = 0

    @classmethod
    def of(cls, target: Target, board: Board, seed: int) -> "Mix":
        """A mix at its first draw."""
        return cls(target, board, seed, Random(seed))

    def draw(self, now: float) -> Report:
        """The next thing that happens."""
        self.drawn += 1
        luck = self.random.random()
        if luck < OPENING:
            plan = self.random.choices(list(OPENS), list(OPENS.values()))[0]
            slot = self.board.take(plan, self.random, now)
        else:
            slot = None if luck < OPENING + VIEWED else self.board.join(self.random, now)
        if slot is None:
            return self._report(self.random.choice(VIEWS), self._anywhere(), "view")
        return self._report(self._kind(slot.plan), slot.building, "page")

    def _kind(self, plan: str) -> Kind:
        """Nearly always the first kind: a graver one tells everybody anew."""
        kinds = PLANS[plan][0]
        return kinds[-1] if self.random.random() < RARE_KIND else kinds[0]

    def _anywhere(self) -> str | None:
        if self.random.random() < NOWHERE:
            return self.random.choice([None, "SHED"])
        return self.random.choice(houses())

    def _report(self, kind: Kind, building: str | None, expects: Expects) -> Report:
        """Fire panels and access control know only buildings: what is nowhere is told as an incident."""
        scope = Scope.GENERAL
        if building is not None and kind in FIRE_EVENTS:
            scope = Scope.FIRE
        elif building is not None and kind in ACCESS_EVENTS:
            scope = Scope.ACCESS
        name = f"{self.seed}-{self.drawn}"
        zone = f"zone {self.random.randrange(4)}" if self.random.random() < ELSEWHERE else None
        incident_id = self.incident_id(scope, kind, name)
        return Report(name, incident_id, scope, _body(scope, kind, building, zone, name), building, kind, expects)

    def incident_id(self, scope: Scope, kind: Kind, name: str) -> UUID:
        """What intake makes of it: some events of a panel have the event in their name."""
        if scope is Scope.FIRE and kind is not Kind.FIRE_ALARM:
            name = f"{name}:{FIRE_EVENTS[kind]}"
        elif scope is Scope.ACCESS:
            name = f"{name}:{ACCESS_EVENTS[kind]}"
        source = self.target.sources[scope]
        return ids.incident_id(f"{source}/{source}", name)


def _body(scope: Scope, kind: Kind, building: str | None, zone: str | None, name: str) -> dict[str, object]:
    """As the endpoint of this scope takes it."""
    match scope:
        case Scope.FIRE:
            return {"device": f"detector {name[-1]}", "building": building, "event": FIRE_EVENTS[kind],
                    "external_id": name, "zone": zone}  # fmt: skip
        case Scope.ACCESS:
            return {"door": f"door {name[-1]}", "building": building, "event": ACCESS_EVENTS[kind],
                    "external_id": name, "zone": zone}  # fmt: skip
        case Scope.GENERAL:
            return {"kind": kind, "location": {"building": building, "zone": zone}, "source": {"external_id": name}}
        case Scope.TRAFFIC | Scope.ALERTMANAGER:
            raise ValueError(f"nothing of the mix goes to {scope}")
        case unknown:
            assert_never(unknown)
