"""The scenarios hold together, and with the example campus."""

from pathlib import Path

import pytest

from deploy.demo.acts import CHAT, SCENARIOS, Act
from deploy.demo.run import first_person, scenario
from shared import campus
from shared.errors import Misconfigured

EXAMPLE = Path(__file__).parents[3] / "deploy" / "campus"
ACTS = {act.says: act for acts in SCENARIOS.values() for act, _ in acts}.values()


def test_no_name_plays_the_usual_day_and_none_plays_nothing() -> None:
    assert scenario("") == SCENARIOS["day"]
    assert scenario("none") == ()


def test_an_unknown_scenario_is_named_with_those_there_are() -> None:
    with pytest.raises(Misconfigured, match="no scenario flood; there are day, fire, quiet and none"):
        scenario("flood")


@pytest.mark.parametrize("name", ["day", "fire"])
def test_the_first_event_pages_within_seconds(name: str) -> None:
    first, _ = SCENARIOS[name][0]
    assert first.path == "fire-alarms"


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.says)
def test_each_event_happens_in_a_building_of_the_example(act: Act) -> None:
    places = campus.load(EXAMPLE)
    assert act.building is None or places.building(act.building)
    assert all(places.team(team) for team in act.only)


@pytest.mark.parametrize("acts", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_no_scenario_floods(acts: tuple[tuple[Act, float], ...]) -> None:
    assert min(pause for _, pause in acts) >= 20
    assert sum(act is CHAT for act, _ in acts) <= 1


def test_the_human_plays_the_first_person_of_the_example() -> None:
    assert first_person(EXAMPLE) == "fenna-roodborst"
