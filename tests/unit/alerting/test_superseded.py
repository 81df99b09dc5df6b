"""An alert that is over and that nobody closed gives way to the next alarm: that one calls who is there now."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from services.alerting.core.facts import Window
from services.alerting.core.fold import fold
from services.alerting.core.model import Decision
from services.alerting.core.reason import Reason
from shared.events import IncidentReported
from shared.words import AlertState, Answer, MessageType
from tests.unit.alerting.world import (
    ARRIVED,
    COMING,
    FIRE,
    NOT_COMING,
    ROSTER,
    Story,
    incident,
    named,
    opened,
    people,
    reasons,
    scene,
    told,
)

LATER = timedelta(minutes=10)
EVENING = {**ROSTER, "bhv-horst": people("e", 4, leads=1)}
SECOND = incident("second", dedup_key="dev1")


def restored() -> Story:
    """Of the day's people h1 came and h5 could not; then the alarm was over."""
    story = opened(incident("first", dedup_key="dev1"))
    story.answers(COMING, "h1")
    story.answers(NOT_COMING, "h5")
    story.reports(incident("over", clears="dev1"))
    return story


def later(story: Story, *batch: IncidentReported, after: timedelta = LATER) -> tuple[Decision, ...]:
    """What a batch does when so much time has passed and the evening's people are there."""
    return fold(scene(story.alert, roster=EVENING, busy=frozenset()), batch, story.now + after)


def test_an_alarm_after_a_restored_alert_opens_one_of_its_own_that_calls_who_is_there_now() -> None:
    story = restored()
    old, new = later(story, SECOND)
    assert (old.alert.alert_id, old.alert.state) == (story.alert.alert_id, AlertState.CLOSED)
    assert new.alert.state is AlertState.PAGING
    assert (reasons(old), old.messages) == ({Reason.SUPERSEDED}, ())
    assert old.alert.close_reason == "superseded by a new alarm"
    assert old.alert.incident_ids == (named("first"),)
    assert told(new, MessageType.PAGE) == {"e1", "e2", "e3", "e4"}
    assert new.alert.incident_ids == (named("second"),)


def test_so_does_one_after_an_operator_stood_everybody_down() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.stands_down()
    old, new = later(story, SECOND)
    assert (old.messages, told(new, MessageType.PAGE)) == ((), {"e1", "e2", "e3", "e4"})


def test_nobody_is_sent_home_while_he_is_called_anew() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.answers(NOT_COMING, "h1")
    story.stands_down()
    story.answers(COMING, "h1")
    assert later(story, SECOND)[0].messages == ()


def test_what_was_noted_since_does_not_make_it_the_same_story() -> None:
    story = restored()
    story.now += LATER - timedelta(minutes=1)
    story.acknowledges()
    old, new = later(story, SECOND, after=timedelta(minutes=1))
    assert (old.alert.state, told(new, MessageType.PAGE)) == (AlertState.CLOSED, {"e1", "e2", "e3", "e4"})


@pytest.mark.parametrize("answer", [COMING, ARRIVED])
def test_enough_people_of_an_hour_ago_are_not_those_of_the_next_alarm(answer: Answer) -> None:
    story = opened(incident("first", zone="1"))
    story.answers(answer, "h1", "h2", "h3")
    assert story.alert.state is AlertState.STAFFED
    old, new = later(story, incident("second", zone="1"), after=timedelta(hours=1))
    assert (reasons(old), old.messages) == ({Reason.SUPERSEDED}, ())
    assert told(new, MessageType.PAGE) == {"e1", "e2", "e3", "e4"}


def test_within_the_hour_they_are_at_it_and_are_told_the_news() -> None:
    story = opened(incident("first", zone="1"))
    story.answers(COMING, "h1", "h2", "h3")
    for n in range(3):
        (decision,) = later(story, incident(f"more {n}", zone=str(n + 2)), after=timedelta(minutes=59))
        assert told(decision, MessageType.UPDATE) == {"h1", "h2", "h3"}
        story.alert, story.now = decision.alert, story.now + timedelta(minutes=59)


def test_who_was_left_to_page_an_hour_ago_is_not_called_for_the_next_alarm_either() -> None:
    story = opened(incident("first", zone="1"))
    for seconds in (45, 45, 60, 120):
        story.wait(seconds)
    assert story.alert.state is AlertState.EXHAUSTED
    _, new = later(story, incident("second", zone="1"), after=timedelta(hours=1))
    assert told(new, MessageType.PAGE) == {"e1", "e2", "e3", "e4"}


def test_an_alert_that_still_looks_for_people_never_gives_way() -> None:
    story = opened(incident("first", zone="1"))
    (decision,) = later(story, incident("second", zone="1"), after=timedelta(days=1))
    assert (decision.alert.alert_id, decision.alert.joined) == (story.alert.alert_id, 2)


def test_what_no_plan_takes_any_more_does_not_call_the_people_of_then() -> None:
    """A door that is held open calls somebody by night alone; in an unknown building its key finds its alert."""
    by_night = replace(FIRE, hours=(Window(frozenset(range(7)), time(10, 0), time(10, 5)),))
    door = incident("night", building="NEW", known=False, dedup_key="door")
    story = opened(door, plan=by_night)
    story.reports(incident("over", building="NEW", known=False, clears="door"))
    again = incident("day", building="NEW", known=False, dedup_key="door")
    day = scene(story.alert, plans=[by_night], busy=frozenset())
    assert fold(day, [again], story.now + LATER) == ()


def test_what_else_the_batch_tells_is_of_the_new_alert() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.stands_down()
    over = incident("over", clears="dev1")
    old, new = later(story, SECOND, incident("first", dedup_key="dev1"), incident("third", zone="9"), over)
    assert (old.alert.restored_at, old.messages) == (None, ())
    assert new.alert.incident_ids == (named("second"), named("third"))
    assert (new.alert.open, new.alert.restored_at) == (1, None)


def test_what_the_batch_told_before_changes_nothing_of_what_gives_way() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.stands_down()
    old, new = later(story, incident("over", clears="dev1"), SECOND)
    assert (reasons(old), old.messages, old.alert.restored_at) == ({Reason.SUPERSEDED}, (), None)
    assert new.alert.open == 1


def test_within_ten_minutes_it_is_the_same_story() -> None:
    story = restored()
    story.now += LATER - timedelta(seconds=2)
    story.reports(SECOND)
    assert (story.alert.state, story.alert.joined) == (AlertState.PAGING, 2)


def test_only_the_alert_that_it_would_join_gives_way() -> None:
    story = restored()
    (new,) = later(story, incident("drill", drill=True))
    assert new.alert.drill
    assert later(story, incident("elsewhere", building="CARRE"))[0].alert.building == "CARRE"


def test_outdoors_the_alert_of_the_same_key_gives_way() -> None:
    story = opened(incident("first", building=None, dedup_key="dev1"))
    story.stands_down()
    old, new = later(story, incident("second", building=None, dedup_key="dev1"))
    assert (old.alert.state, new.alert.incident_ids) == (AlertState.CLOSED, (named("second"),))
