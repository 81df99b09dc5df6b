"""A campus of three buildings, small enough that a handful of alarms meets every rule."""

from datetime import UTC
from typing import cast
from zoneinfo import ZoneInfo

from services.alerting.core.facts import BHV, BUDDIES, BUDDY, BuildingFacts, Channel, Member, Plan, Step
from services.alerting.facts import Facts
from services.alerting.people import Someone
from shared.campus import Campus
from shared.phrase import Phrase
from shared.words import Function, Kind, Language, Severity

LEAD, AED = Function.LEAD, Function.AED
BUILDINGS = {
    code: BuildingFacts(code, Phrase(code.title(), code.title()), buddies)
    for code, buddies in {"HORST": ("CARRE", "CUBICUS"), "CARRE": ("HORST",), "CUBICUS": ("CARRE", "HORST")}.items()
}
FIRE = Plan(
    id="fire",
    name="Fire",
    kinds=frozenset({Kind.FIRE_ALARM, Kind.SPRINKLER_FLOW, Kind.GAS}),  # of two topics
    min_severity=Severity.MODERATE,
    hours=None,
    needed={"total": 2, "lead": 1},
    steps=(Step((BHV,), 2), Step((BUDDY,), 2), Step((BUDDIES, "security"), 3)),
)
MEDICAL = Plan(
    id="medical",
    name="Medical",
    kinds=frozenset({Kind.MEDICAL}),
    min_severity=Severity.MINOR,
    hours=None,
    needed={"total": 1, "aed": 1},
    steps=(Step((BHV,), 2), Step(("security",), 2)),
)
CREWS: dict[str, tuple[tuple[Function, ...], ...]] = {
    "HORST": ((LEAD,), (AED,), (LEAD,), ()),
    "CARRE": ((LEAD, AED), ()),
    "CUBICUS": ((), (AED,)),
}
REACH = ("phone", "sms")
GUARDS: tuple[tuple[Function, ...], ...] = ((LEAD,), (AED,))


def facts() -> Facts:
    """What every decision needs; the campus file itself is not asked."""
    return Facts(cast(Campus, None), (FIRE, MEDICAL), dict(BUILDINGS), cast(ZoneInfo, UTC))


def people() -> list[Someone]:
    """BHV in their buildings and security; one member of HORST guards, too; one of CUBICUS has no channel."""
    crews = [
        _someone(f"{code.lower()}{n}", functions, [f"bhv-{code.lower()}"], code)
        for code, crew in CREWS.items()
        for n, functions in enumerate(crew)
    ]
    return crews + [_someone(f"guard{n}", functions, ["security"], None) for n, functions in enumerate(GUARDS)]


def _someone(name: str, functions: tuple[Function, ...], teams: list[str], building: str | None) -> Someone:
    reach = () if name == "cubicus0" else tuple(Channel(kind, name) for kind in REACH)
    also = ("security",) if name == "horst1" else ()
    return Someone(
        Member(name, name, Language.EN, functions, reach), (*teams, *also), building is not None, building, None
    )
