"""The example campus is whole: it loads, its outlines are apart, its plans find people."""

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from shared.campus import Campus, Person, load, load_people
from shared.campus.advice import advise, teams_of
from shared.campus.geometry import overlap
from shared.words import Kind, Severity

FOLDER = Path(__file__).parents[3] / "deploy" / "campus"


@cache
def example() -> Campus:
    """The example, read once."""
    return load(FOLDER)


@cache
def invented() -> tuple[Person, ...]:
    """Its people, read once."""
    return load_people(FOLDER, example())


def members(team: str) -> list[Person]:
    """Who is in a team."""
    return [person for person in invented() if team in person.teams]


CODES = [building.code for building in example().buildings]
PLANS = {plan.id: plan for plan in example().plans}


def test_the_buildings_of_the_university_are_there() -> None:
    assert {"HORST", "CARRE", "RAVELIJN", "TECHNOHAL", "VRIJHOF", "CUBICUS", "CITADEL", "SPORTCENTRUM"} <= set(CODES)
    assert {b.code for b in example().buildings if not b.on_campus} == {"ITC", "PAKKERIJ", "WORKSHOP"}


def test_carre_is_the_first_buddy_of_horst() -> None:
    horst = example().building("HORST")
    assert horst is not None
    assert horst.buddies[0] == "CARRE"


def test_no_two_outlines_overlap() -> None:
    pairs = combinations(example().buildings, 2)
    assert [(a.code, b.code) for a, b in pairs if overlap(a.polygon, b.polygon)] == []


def test_the_middle_of_each_building_is_on_campus_exactly_when_it_says_so() -> None:
    for building in example().buildings:
        lon, lat = building.polygon[0]
        assert example().on_campus(lat, lon) is building.on_campus, building.code


@pytest.mark.parametrize("code", CODES)
def test_every_bhv_team_has_four_to_eight_members_present_and_one_lead(code: str) -> None:
    team = members(example().team_of(code))
    assert 4 <= len(team) <= 8
    assert sum("lead" in person.functions for person in team) == 1
    assert any("first_aid" in person.functions for person in team)
    assert {person.building for person in team} == {code}


def test_every_team_has_members() -> None:
    assert [team.team_id for team in example().teams if not members(team.team_id)] == []


@pytest.mark.parametrize("plan_id", PLANS)
def test_every_step_of_every_plan_finds_people_in_every_building_with_a_buddy(plan_id: str) -> None:
    for building in (b for b in example().buildings if b.buddies):
        for step in PLANS[plan_id].steps:
            for word in step.teams:
                teams = teams_of(example(), building, word)
                assert teams, f"{building.code}: {word}"
                assert all(members(team) for team in teams), f"{building.code}: {word}"


def test_nothing_in_the_example_is_worth_a_note() -> None:
    assert advise(example(), invented()) == ()


def test_the_fire_plan_is_own_bhv_then_buddy_then_buddies_and_security_then_the_crisis_coordinator() -> None:
    fire = PLANS["fire"]
    assert fire.kinds == (Kind.FIRE_ALARM, Kind.SPRINKLER_FLOW, Kind.EVACUATION_STARTED)
    assert fire.needed == {"total": 3, "lead": 1}
    assert fire.min_severity is Severity.UNKNOWN
    assert [(step.teams, step.for_s) for step in fire.steps] == [
        (("bhv",), 45),
        (("buddy",), 45),
        (("buddies", "security"), 60),
        (("crisis-coordinator",), 120),
    ]


@pytest.mark.parametrize("kind", [Kind.PSYCHOLOGICAL, Kind.SOCIAL_SAFETY])
def test_a_person_in_need_never_meets_bhv(kind: Kind) -> None:
    words = {word for plan in example().plans if kind in plan.kinds for step in plan.steps for word in step.teams}
    assert words in ({"interventiegroep", "crisis-coordinator"}, {"confidential"})


def test_channels_need_no_network() -> None:
    assert {channel.kind for person in invented() for channel in person.channels} == {"tablet", "console"}
    assert all(person.channels[0].kind == "tablet" for person in invented())
