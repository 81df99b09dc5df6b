"""What is allowed in a campus file but probably not meant: told to who writes it, never a reason not to start."""

from collections import Counter
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from itertools import combinations

from yarl import URL

from shared.campus import geometry
from shared.campus.model import Building, Campus, Person, Plan
from shared.campus.vocabulary import ChannelKind, TeamWord
from shared.words import Kind

MUST_PAGE = (Kind.FIRE_ALARM, Kind.SPRINKLER_FLOW, Kind.EVACUATION_STARTED, Kind.MEDICAL, Kind.PSYCHOLOGICAL)
FAMILY = {TeamWord.BHV, TeamWord.BUDDY, TeamWord.BUDDIES}


def advise(campus: Campus, people: Sequence[Person]) -> tuple[str, ...]:
    """One sentence for each thing that is worth a second look; without people, nothing about people."""
    staffing = (*_unled(campus, people), *_unstaffed(campus, people), *_scarce(campus, people)) if people else ()
    return (*_overlaps(campus), *_unplanned(campus), *_placeless(campus), *staffing, *_inside(people))


def _overlaps(campus: Campus) -> Iterator[str]:
    for a, b in combinations(campus.buildings, 2):
        if geometry.overlap(a.polygon, b.polygon):
            yield f"the outlines of {a.code} and {b.code} overlap: a place in both counts as {a.code}"


def _unplanned(campus: Campus) -> Iterator[str]:
    planned = {kind for plan in campus.plans for kind in plan.kinds}
    for kind in MUST_PAGE:
        if kind not in planned:
            yield f"no plan holds for {kind}: nobody is paged"


def _placeless(campus: Campus) -> Iterator[str]:
    for plan in campus.plans:
        if all(set(step.teams) <= FAMILY for step in plan.steps):
            yield f'plan "{plan.id}" pages teams of a building only: an incident without a building pages nobody'


def _unled(campus: Campus, people: Sequence[Person]) -> Iterator[str]:
    led = {team for person in people if "lead" in person.functions for team in person.teams}
    for building in campus.buildings:
        if campus.team_of(building.code) not in led:
            yield f"{campus.team_of(building.code)} has no member with the function lead"


def _unstaffed(campus: Campus, people: Sequence[Person]) -> Iterator[str]:
    staffed = {team for person in people for team in person.teams}
    used = {team for plan in campus.plans for step in plan.steps for team in step.teams}
    for team in campus.teams:
        if team.building is None and team.team_id in used and team.team_id not in staffed:
            yield f"team {team.team_id} is in a plan and has no members"


def _scarce(campus: Campus, people: Sequence[Person]) -> Iterator[str]:
    for building in campus.buildings:
        for plan in campus.plans:
            for what in _missing(campus, building, plan, people):
                yield f'plan "{plan.id}" can never be staffed in {building.code}: {what}'


def _missing(campus: Campus, building: Building, plan: Plan, people: Sequence[Person]) -> Iterator[str]:
    """What the members of all steps together lack."""
    teams = {team for step in plan.steps for word in step.teams for team in teams_of(campus, building, word)}
    reachable = [person for person in people if teams & set(person.teams)]
    have: Counter[str] = Counter(function for person in reachable for function in person.functions)
    for key, count in plan.needed.items():
        there = len(reachable) if key == "total" else have[key]
        if there < count:
            yield f"{count} x {key} needed, {there} in its teams"


def _inside(people: Sequence[Person]) -> Iterator[str]:
    for person in people:
        for channel in person.channels:
            if channel.kind is ChannelKind.WEBHOOK and _leads_inside(URL(channel.address).host or ""):
                where = f"webhook of {person.member_id} leads inside ({channel.address})"
                yield f"{where}: it needs ALERTING_ALLOW_PRIVATE_TARGETS=true"


def _leads_inside(host: str) -> bool:
    """A host in numbers that is no public address; 127.1 and 2130706433 are loopback too. Names are not resolved."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host.replace(".", "").isdigit()


def teams_of(campus: Campus, building: Building, word: str) -> tuple[str, ...]:
    """The teams that a word of a step stands for in a building."""
    match word:
        case TeamWord.BHV:
            return (campus.team_of(building.code),)
        case TeamWord.BUDDY | TeamWord.BUDDIES:
            return tuple(campus.team_of(code) for code in building.buddies)
        case _:
            return (word,)
