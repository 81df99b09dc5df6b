"""Nobody was left to page, nobody closed the alert, and then something else happens."""

from datetime import timedelta

import pytest

from services.alerting.core.counting import coming
from services.alerting.core.fold import fold
from services.alerting.core.reason import Event, Reason
from shared.events import IncidentReported
from shared.words import AlertState, Kind, MessageType, Severity
from tests.unit.alerting.world import COMING, NOT_COMING, NOW, Story, incident, keys, opened, reasons, scene

EVERYBODY = {"h1", "h2", "h3", "h4", "h5", "c1", "c2", "c3", "c4", "r1", "r2", "u1", "u2", "s1", "s2", "k1"}
NEWS = {
    "severity": incident("second", severity=Severity.EXTREME),
    "place": incident("second", zone="2"),
    "kind": incident("second", Kind.SPRINKLER_FLOW),
}


def exhausted(first: IncidentReported | None = None) -> Story:
    """Of all that the plan has nobody is coming but c1, and h5 cannot."""
    story = opened(first or incident("first", zone="1", dedup_key="d1"))
    story.answers(NOT_COMING, "h5")
    for seconds in (45, 45, 60):
        story.wait(seconds)
    story.answers(COMING, "c1")
    story.wait(120)
    assert story.alert.state is AlertState.EXHAUSTED
    return story


@pytest.mark.parametrize("news", NEWS.values(), ids=NEWS)
def test_news_makes_an_exhausted_alert_look_for_people_again(news: IncidentReported) -> None:
    story = exhausted()
    story.now += timedelta(minutes=10)
    decision = story.reports(news)
    assert story.told(MessageType.PAGE) == EVERYBODY - {"h5"}
    assert keys(decision, story.page("h1")) == ["page:2"]
    assert (story.alert.state, story.alert.step, coming(story.alert)["total"]) == (AlertState.PAGING, 4, 0)
    assert story.alert.due_at == story.now + timedelta(seconds=120)
    assert (decision.timeline[-1].event, decision.timeline[-1].reason) == (Event.REOPENED, Reason.ACTIVE_AGAIN)
    story.answers(COMING, "h1", "h3", "k1")
    assert story.alert.state is AlertState.STAFFED


def test_news_within_ten_minutes_is_told_to_those_who_were_called_and_takes_nobodys_answer() -> None:
    story = exhausted()
    story.reports(NEWS["place"])
    assert (story.told(MessageType.PAGE), story.told(MessageType.UPDATE)) == (set(), EVERYBODY - {"h5"})
    assert (story.alert.state, coming(story.alert)["total"]) == (AlertState.EXHAUSTED, 1)


def test_it_is_exhausted_again_when_the_time_of_its_last_step_is_over() -> None:
    story = exhausted()
    story.now += timedelta(minutes=10)
    story.reports(NEWS["place"])
    assert reasons(story.wait(120)) == {Reason.DEADLINE_PASSED, Reason.NO_MORE_STEPS}
    assert story.alert.state is AlertState.EXHAUSTED


def test_a_detector_that_chatters_pages_nobody_again() -> None:
    story = exhausted()
    for n in range(3):
        story.now = story.alert.alarmed_at + timedelta(minutes=9)
        assert reasons(story.reports(incident(f"again {n}", zone="1"))) == {Reason.JOINED}
    assert story.alert.state is AlertState.EXHAUSTED


def test_an_alarm_after_ten_quiet_minutes_calls_them_again_whatever_was_noted_since() -> None:
    story = exhausted()
    story.now = story.alert.alarmed_at + timedelta(minutes=9)
    story.acknowledges()
    story.now += timedelta(minutes=1)
    story.reports(incident("later", zone="1"))
    assert story.told(MessageType.PAGE) == EVERYBODY - {"h5"}
    assert reasons(story.last) >= {Reason.JOINED, Reason.ACTIVE_AGAIN}


def test_what_comes_and_goes_in_one_batch_pages_nobody_again() -> None:
    story = exhausted()
    story.now += timedelta(minutes=30)
    story.reports(incident("second", zone="2", dedup_key="d2"), incident("over", clears="d2"))
    assert (story.told(MessageType.PAGE), story.alert.state) == (set(), AlertState.EXHAUSTED)


def test_a_restoral_of_the_rest_pages_nobody_again() -> None:
    story = exhausted()
    story.now += timedelta(days=1)
    story.reports(incident("over", clears="d1"))
    assert (story.told(MessageType.PAGE), story.alert.restored_at) == (set(), story.now)


def test_enough_people_that_are_coming_are_told_the_news_and_not_called_again() -> None:
    story = exhausted()
    story.answers(COMING, "h1", "h3")
    story.now += timedelta(minutes=30)
    story.reports(NEWS["severity"])
    assert (story.told(MessageType.PAGE), story.told(MessageType.UPDATE)) == (set(), {"c1", "h1", "h3"})


def test_an_exhausted_real_alert_that_looks_for_people_again_ends_the_drill_in_its_building() -> None:
    real, drill = exhausted().alert, opened(incident("drill", drill=True)).alert
    woken, ended = fold(scene(real, drill, busy=frozenset()), [NEWS["place"]], NOW + timedelta(minutes=30))
    assert (woken.alert.state, ended.alert.state) == (AlertState.PAGING, AlertState.CLOSED)
    assert reasons(ended) == {Reason.PREEMPTED}
