"""The campus file as the core's facts."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.alerting.core.facts import BuildingFacts, Plan, Step, Window
from shared import campus
from shared.campus import Campus
from shared.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Facts:
    """What every decision needs to know of the campus; read once at the start."""

    campus: Campus
    plans: tuple[Plan, ...]
    buildings: dict[str, BuildingFacts]
    timezone: ZoneInfo


def facts_of(whole: Campus) -> Facts:
    """The plans and buildings of a campus file."""
    return Facts(
        campus=whole,
        plans=tuple(_plan(plan) for plan in whole.plans),
        buildings={building.code: _building(building) for building in whole.buildings},
        timezone=ZoneInfo(str(whole.timezone)),
    )


def _plan(plan: campus.Plan) -> Plan:
    return Plan(
        id=plan.id,
        name=plan.name.en,
        kinds=frozenset(plan.kinds),
        min_severity=plan.min_severity,
        hours=None if plan.hours is None else tuple(Window(h.weekdays, h.start, h.end) for h in plan.hours),
        needed=dict(plan.needed),
        steps=tuple(Step(step.teams, step.for_s) for step in plan.steps),
    )


def _building(building: campus.Building) -> BuildingFacts:
    hazards: dict[str, tuple[Phrase, ...]] = {}
    for hazard in building.hazards:
        hazards[hazard.room] = (*hazards.get(hazard.room, ()), hazard.text)
    return BuildingFacts(
        code=building.code,
        name=building.name,
        buddies=building.buddies,
        meeting_point=building.meeting_point,
        hazards=hazards,
    )
