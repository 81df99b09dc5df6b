"""The order of alarms, who is on the way, the map, and the words."""

from pathlib import Path

import pytest

from services.alerting.core.reason import Reason
from services.reporting.board import comers, in_order
from services.reporting.campus_map import WIDEST_GAP_M, draw, middle, squeezed
from services.reporting.views import AlertItem, PageView
from services.reporting.wording import ANSWER, FUNCTION, PAGE_STATE, REASON, SEVERITY, STATE
from shared.campus import load
from shared.events import AlertUpdated, PageUpdated
from shared.words import AlertState, Answer, Function, Language, PageState, Severity
from tests.unit.reporting.invented import after, alert, page

CAMPUS = load(Path("deploy/campus"))


def item(event: AlertUpdated) -> AlertItem:
    """The alert as the views give it."""
    return AlertItem.model_validate({**event.model_dump(), "revision": 1})


def called(event: PageUpdated) -> PageView:
    """The page as the views give it."""
    return PageView.model_validate({**event.model_dump(), "revision": 1})


def test_the_gravest_unacknowledged_oldest_real_alarm_is_first_and_drills_are_last() -> None:
    shuffled = [
        item(alert("drill", severity=Severity.EXTREME, drill=True)),
        item(alert("minor", severity=Severity.MINOR)),
        item(alert("seen", acknowledged_by="Kim", opened=1)),
        item(alert("younger", opened=9)),
        item(alert("older", opened=5)),
    ]
    assert [a.title.removeprefix("Brandmelding ") for a in in_order(shuffled)] == [
        "older", "younger", "seen", "minor", "drill",
    ]  # fmt: skip


def test_on_the_way_is_who_said_so_and_was_not_stood_down_the_next_to_arrive_first() -> None:
    fire = item(alert("fire"))
    pages = [
        called(page("fire", "There", answer=Answer.ARRIVED)),
        called(page("fire", "Late", answer=Answer.COMING, eta_s=300)),
        called(page("fire", "Soon", answer=Answer.COMING, eta_s=60, at=10)),
        called(page("fire", "Sometime", answer=Answer.COMING)),
        called(page("fire", "No", answer=Answer.NOT_COMING)),
        called(page("fire", "Silent")),
        called(page("fire", "Surplus", answer=Answer.COMING, state=PageState.STOOD_DOWN)),
    ]
    found = comers([fire], pages)
    assert [c.page.member for c in found] == ["Soon", "Late", "Sometime", "There"]
    assert found[0].due_at == after(70)


def test_the_map_keeps_west_left_and_north_up_and_every_building_once() -> None:
    drawn = draw(CAMPUS, [], Language.NL)
    by_code = {o.code: o for o in drawn.outlines}
    assert by_code["SPIEGEL"].x < by_code["CARRE"].x
    assert by_code["SPORTCENTRUM"].y < by_code["HORST"].y
    assert {o.code for o in (*drawn.outlines, *drawn.elsewhere)} == {b.code for b in CAMPUS.buildings}
    for outline in drawn.outlines:
        xs, ys = zip(*(map(float, p.split(",")) for p in outline.points.split()), strict=True)
        assert 0 <= min(xs) <= max(xs) <= drawn.width
        assert 0 <= min(ys) <= max(ys) <= drawn.height


def test_a_building_shows_its_gravest_real_alarm_and_a_drill_only_alone() -> None:
    both = [item(alert("real", severity=Severity.MINOR)), item(alert("drill", drill=True))]
    horst = next(o for o in draw(CAMPUS, both, Language.NL).outlines if o.code == "HORST")
    assert (horst.alerts, horst.severity, horst.drill) == (2, Severity.MINOR, False)
    horst = next(o for o in draw(CAMPUS, both[1:], Language.NL).outlines if o.code == "HORST")
    assert (horst.severity, horst.drill) == (Severity.EXTREME, True)


def test_wide_gaps_are_squeezed_and_order_is_kept() -> None:
    assert squeezed([500.0, 0.0, 10.0]) == {0.0: 0.0, 10.0: 10.0, 500.0: 10.0 + WIDEST_GAP_M}


def test_the_middle_of_a_building_with_a_corner_cut_out_lies_in_it() -> None:
    x, y = middle([(0, 0), (10, 0), (10, 2), (2, 2), (2, 10), (0, 10)])
    assert (round(x, 2), round(y, 2)) == (3.22, 3.22)


@pytest.mark.parametrize(
    ("words", "vocabulary"),
    [
        (SEVERITY, Severity),
        (STATE, AlertState),
        (PAGE_STATE, PageState),
        (ANSWER, Answer),
        (FUNCTION, ["total", *Function]),
        (REASON, Reason),
    ],
)
def test_every_code_has_words(words: dict[str, str], vocabulary: list[str]) -> None:
    assert set(words) == set(vocabulary)
