"""An alert that is over and that nobody closed gives way to the next alarm: that one calls who is there now."""

from datetime import timedelta

from services.alerting.core.fold import fold
from services.alerting.core.model import Decision
from services.alerting.core.reason import Reason
from shared.events import IncidentReported
from shared.words import AlertState, MessageType
from tests.unit.alerting.world import (
    COMING,
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


def later(story: Story, *batch: IncidentReported) -> tuple[Decision, ...]:
    """What a batch does when ten minutes have passed and the evening's people are there."""
    return fold(scene(story.alert, roster=EVENING, busy=frozenset()), batch, story.alert.updated_at + LATER)


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
    story.now = story.alert.updated_at + LATER - timedelta(seconds=2)
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
