"""Which plan holds at which hour."""

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.alerting.core.facts import Plan, Window
from services.alerting.core.fold import fold
from services.alerting.core.plans import choose_plan
from shared.words import Kind, Severity
from tests.unit.alerting.world import FIRE, incident, scene

WEEKDAYS = frozenset(range(5))
OFFICE = Window(WEEKDAYS, time(8), time(18))
NIGHT = Window(frozenset({4}), time(22), time(6))
MONDAY, FRIDAY, SATURDAY = "2026-03-02", "2026-03-06", "2026-03-07"


def within(*windows: Window) -> Plan:
    """The fire plan with these hours."""
    return replace(FIRE, hours=windows)


def holds(plan: Plan, day: str, clock: str) -> bool:
    """Whether the plan holds for a fire at this local time."""
    at = datetime.fromisoformat(f"{day}T{clock}+01:00")
    return choose_plan([plan], Kind.FIRE_ALARM, Severity.SEVERE, at) is plan


def test_the_first_plan_that_holds_is_chosen() -> None:
    second = replace(FIRE, id="second")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert choose_plan([FIRE, second], Kind.FIRE_ALARM, Severity.SEVERE, at) is FIRE
    assert choose_plan([second, FIRE], Kind.FIRE_ALARM, Severity.SEVERE, at) is second


def test_kind_and_severity_must_fit() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert choose_plan([FIRE], Kind.THEFT, Severity.EXTREME, at) is None
    assert choose_plan([FIRE], Kind.FIRE_ALARM, Severity.MINOR, at) is None
    assert choose_plan([FIRE], Kind.FIRE_ALARM, Severity.MODERATE, at) is FIRE


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (MONDAY, "07:59:59", False),
        (MONDAY, "08:00:00", True),
        (MONDAY, "17:59:59", True),
        (MONDAY, "18:00:00", False),
        (SATURDAY, "12:00:00", False),
    ],
)
def test_hours_hold_from_their_start_up_to_their_end(day: str, clock: str, expected: bool) -> None:
    assert holds(within(OFFICE), day, clock) is expected


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (FRIDAY, "21:59:59", False),
        (FRIDAY, "22:00:00", True),
        (SATURDAY, "05:59:59", True),
        (SATURDAY, "06:00:00", False),
        (FRIDAY, "05:00:00", False),
        (SATURDAY, "23:00:00", False),
    ],
)
def test_hours_past_midnight_belong_to_the_evening_before(day: str, clock: str, expected: bool) -> None:
    assert holds(within(NIGHT), day, clock) is expected


def test_the_same_start_and_end_is_a_whole_day() -> None:
    assert holds(within(Window(frozenset({0}), time(0), time(0))), MONDAY, "13:00:00")
    assert not holds(within(Window(frozenset({0}), time(0), time(0))), SATURDAY, "13:00:00")


def test_any_of_several_windows_is_enough() -> None:
    assert holds(within(OFFICE, NIGHT), SATURDAY, "01:00:00")


def test_a_batch_is_folded_by_the_campus_clock_across_the_change_to_summer_time() -> None:
    campus = replace(scene(plans=[within(OFFICE)], busy=frozenset()), timezone=ZoneInfo("Europe/Amsterdam"))
    for day, first_hour in ((27, 7), (30, 6)):
        at = datetime(2026, 3, day, first_hour, tzinfo=UTC)
        assert fold(campus, [incident("x")], at.replace(hour=first_hour - 1, minute=59)) == ()
        assert fold(campus, [incident("x")], at) != ()


@pytest.mark.parametrize("needed", [{}, {"total": 0}, {"lead": 1}, {"total": 1, "cook": 1}])
def test_a_plan_that_needs_nobody_or_something_unknown_is_refused(needed: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="plan fire"):
        replace(FIRE, needed=needed)


def test_a_plan_without_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="plan fire"):
        replace(FIRE, steps=())
