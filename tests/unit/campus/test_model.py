"""What the other parts ask of a campus."""

from datetime import time

import pytest

from shared.campus import Campus, Day, Hours, TeamKind, parse
from shared.campus.geometry import Ring, hull, inside, near, overlap
from shared.phrase import Phrase
from shared.words import Language, Severity
from tests.unit.campus.small import SMALL, campus, spoilt

SQUARE: Ring = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def shifted(by: float) -> Ring:
    """The square, so much further east."""
    return tuple((x + by, y) for x, y in SQUARE)


@pytest.mark.parametrize("code", ["HORST", "horst", " Horst "])
def test_a_building_is_found_in_any_case(code: str) -> None:
    building = campus().building(code)
    assert building is not None
    assert (building.code, building.buddies) == ("HORST", ("CARRE",))


def test_an_unknown_building_is_none() -> None:
    assert campus().building("LUNA") is None


def test_every_building_has_a_bhv_team_of_its_own() -> None:
    ids = [(team.team_id, team.kind, team.building) for team in campus().teams]
    assert ids == [
        ("bhv-horst", TeamKind.BHV, "HORST"),
        ("bhv-carre", TeamKind.BHV, "CARRE"),
        ("security", TeamKind.SECURITY, None),
    ]
    assert campus().team_of("Horst") == "bhv-horst"
    team = campus().team("bhv-carre")
    assert team is not None
    assert team.name == Phrase("BHV Carré", "Emergency response Carré")


def test_a_plan_is_read_as_written() -> None:
    [plan] = campus().plans
    assert plan.needed == {"total": 3, "lead": 1}
    assert [(step.teams, step.for_s) for step in plan.steps] == [(("bhv",), 45), (("buddies", "security"), 120)]
    assert (plan.min_severity, plan.hours) == (Severity.UNKNOWN, None)


def test_one_text_serves_both_languages() -> None:
    building = campus().building("CARRE")
    assert building is not None
    assert {building.name.read_in(language) for language in Language} == {"Carré"}


def test_words_that_yaml_takes_for_something_else_stay_text() -> None:
    text = SMALL.replace("CARRE", "NO").replace("name: Brand", "name: 2026-01-01")
    assert campus(text).building("no") is not None
    assert campus(text).plans[0].name.nl == "2026-01-01"


def test_buddies_may_be_written_in_small_letters() -> None:
    assert campus(spoilt("[CARRE]", "[carre]")).buildings[0].buddies == ("CARRE",)


def test_files_are_joined_in_the_order_given() -> None:
    head, plans = SMALL.split("plans:\n")
    joined = parse({"a.yaml": head, "b.yaml": f"plans:\n{plans}"})
    assert joined == campus()


def test_a_closed_outline_is_the_same_as_an_open_one() -> None:
    closed = spoilt("[6.862, 52.238]]", "[6.862, 52.238], [6.858, 52.236]]")
    assert campus(closed) == campus()


@pytest.mark.parametrize(
    ("lat", "lon", "code"), [(52.2365, 6.8615, "HORST"), (52.2392, 6.8578, "CARRE"), (52.2375, 6.8585, None)]
)
def test_a_place_is_in_the_building_whose_outline_holds_it(lat: float, lon: float, code: str | None) -> None:
    found = campus().locate(lat, lon)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (52.2380, 6.8590, True),  # between the buildings, in neither
        (52.2347, 6.8600, True),  # 145 m south of Horst
        (52.2346, 6.8600, False),  # 156 m south of Horst
        (52.2370, 6.8641, True),  # 143 m east of Horst
        (52.2370, 6.8643, False),  # 157 m east of Horst
    ],
)
def test_the_campus_reaches_150_m_beyond_the_hull_of_its_buildings(lat: float, lon: float, expected: bool) -> None:
    assert campus().on_campus(lat, lon) is expected


def test_a_building_in_the_city_does_not_stretch_the_campus() -> None:
    outline = "[[6.9, 52.2], [6.901, 52.2], [6.9, 52.201]]"
    city = f"  - {{code: CITY, name: C, on_campus: false, polygon: {outline}, meeting_point: P}}\n"
    assert not campus(SMALL.replace("teams:\n", f"{city}teams:\n", 1)).on_campus(52.2201, 6.88)


def test_a_campus_without_buildings_has_no_terrain() -> None:
    nowhere = Campus(Phrase("", ""), "Europe/Amsterdam", "112", Language.NL, (), (), ())
    assert not nowhere.on_campus(52.2, 6.8)


def test_a_hull_leaves_out_what_lies_inside() -> None:
    assert set(hull((*SQUARE, (0.5, 0.5), (0.5, 0.0)))) == set(SQUARE)


@pytest.mark.parametrize(("by", "expected"), [(0.0, True), (0.5, True), (1.0, False), (1.5, False)])
def test_outlines_that_share_ground_overlap(by: float, expected: bool) -> None:
    assert overlap(SQUARE, shifted(by)) is expected


def test_an_outline_within_another_overlaps_it() -> None:
    small = tuple((0.4 + x / 10, 0.4 + y / 10) for x, y in SQUARE)
    assert overlap(SQUARE, small)
    assert overlap(small, SQUARE)


def test_a_hollow_in_an_outline_is_outside() -> None:
    hollow: Ring = ((0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3))
    assert inside(hollow, (0.5, 2))
    assert not inside(hollow, (1.5, 2))
    assert near(hollow, (0.5, 2), 0)


WEEKDAYS = (Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI)


@pytest.mark.parametrize(
    ("days", "start", "end", "weekday", "at", "expected"),
    [
        (WEEKDAYS, time(8), time(18), 0, time(8), True),
        (WEEKDAYS, time(8), time(18), 0, time(18), False),
        (WEEKDAYS, time(8), time(18), 5, time(12), False),
        (WEEKDAYS, time(18), time(7), 4, time(23), True),
        (WEEKDAYS, time(18), time(7), 5, time(6, 59), True),  # the night of Friday
        (WEEKDAYS, time(18), time(7), 0, time(6), False),  # the night of Sunday
        ((Day.SUN,), time(18), time(7), 0, time(6), True),  # wraps around the week
        ((Day.SAT,), time(0), time(0), 5, time(23, 59), True),
        ((Day.SAT,), time(0), time(0), 6, time(0), False),
    ],
)
def test_a_window_past_midnight_belongs_to_the_day_it_began(
    days: tuple[Day, ...], start: time, end: time, weekday: int, at: time, expected: bool
) -> None:
    assert Hours(days, start, end).covers(weekday, at) is expected


def test_days_and_times_of_a_window_may_be_left_out() -> None:
    text = spoilt("    needed:", "    hours: [{days: [sat]}, {from: 18:00, to: 07:00}]\n    needed:")
    assert campus(text).plans[0].hours == (
        Hours((Day.SAT,), time(0), time(0)),
        Hours(tuple(Day), time(18), time(7)),
    )
