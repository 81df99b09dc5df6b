"""What is restored, in part or in whole, and what makes an alert active again."""

from dataclasses import replace

from services.alerting.core.counting import coming
from services.alerting.core.reason import Reason
from shared.words import AlertState, MessageType
from tests.unit.alerting.world import COMING, NOT_COMING, incident, keys, named, opened, reasons

EVERYBODY = {"h1", "h2", "h3", "h4", "h5"}
RESTORED = incident("over", clears="dev1")


def test_a_restoral_by_dedup_key_tells_everybody_and_stops_the_escalation() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.answers(NOT_COMING, "h5")
    story.reports(RESTORED)
    assert story.told(MessageType.RESTORED) == EVERYBODY
    assert (story.alert.state, story.alert.due_at) == (AlertState.PAGING, None)
    assert story.alert.restored_at == story.now
    assert not story.wait(600).changed


def test_a_restoral_by_incident_id_does_the_same() -> None:
    for name in (str(named("first")), str(named("first")).upper()):
        story = opened()
        assert Reason.RESTORED in reasons(story.reports(incident("over", clears=name)))


def test_a_dedup_key_restores_all_its_incidents() -> None:
    story = opened(incident("first", dedup_key="dev1"), incident("second", dedup_key="dev1"))
    story.reports(RESTORED)
    assert all(joined.cleared for joined in story.alert.incidents)
    assert story.alert.restored_at is not None


def test_incidents_that_are_not_at_hand_count_as_what_is_left() -> None:
    story = opened(incident("first", dedup_key="dev1"), *(incident(f"more {n}", dedup_key="dev2") for n in range(5)))
    story.alert = replace(story.alert, incidents=story.alert.incidents[:1])
    story.reports(RESTORED)
    assert story.last.timeline[-1].text == "A part is restored, 5 of 6 incidents are not."
    assert (story.alert.open, story.alert.joined, story.alert.restored_at) == (5, 6, None)


def test_a_part_restored_is_a_line_and_paging_goes_on() -> None:
    story = opened(incident("first", dedup_key="dev1"), incident("second", dedup_key="dev2"))
    story.reports(RESTORED)
    assert reasons(story.last) == {Reason.PARTLY_RESTORED}
    assert not story.last.messages
    story.wait(60)
    assert story.alert.step == 2


def test_the_same_restoral_again_changes_nothing() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.reports(RESTORED)
    assert not story.reports(RESTORED).changed


def test_a_restoral_of_something_unknown_changes_nothing() -> None:
    assert not opened().reports(RESTORED).changed


def test_a_restoral_never_opens_an_alert_of_its_own() -> None:
    story = opened()
    assert story.reports(RESTORED).alert == story.alert


def test_an_answer_after_the_restoral_is_recorded_and_calls_nobody() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.reports(RESTORED)
    decision = story.answers(NOT_COMING, "h1", "h2", "h3")
    assert (story.alert.step, decision.messages) == (1, ())
    assert reasons(decision) == {Reason.NOT_COUNTED}


def test_a_new_alarm_makes_a_restored_alert_active_and_counts_from_the_start() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.answers(COMING, "h1", "h3", "h4")
    story.answers(NOT_COMING, "h5")
    story.reports(RESTORED)
    story.reports(incident("second", dedup_key="dev1"))
    assert (story.alert.state, story.alert.restored_at) == (AlertState.PAGING, None)
    assert story.told(MessageType.PAGE) == EVERYBODY - {"h5"}
    assert coming(story.alert) == {"total": 0, "lead": 0}
    assert Reason.ACTIVE_AGAIN in reasons(story.last)
    assert keys(story.last, story.page("h1")) == ["page:2"]
    story.wait(45)
    assert story.alert.step == 2


def test_a_new_alarm_on_a_restored_alert_goes_on_at_once_when_too_few_can_come() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.reports(RESTORED)
    story.answers(NOT_COMING, "h3", "h4", "h5")
    story.reports(incident("second"))
    assert story.told(MessageType.PAGE) == {"h1", "h2", "c1", "c2", "c3", "c4"}
    assert Reason.QUORUM_IMPOSSIBLE in reasons(story.last)


def test_a_flapping_detector_cancels_itself_within_a_batch() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.answers(COMING, "h1")
    story.reports(RESTORED, incident("second", dedup_key="dev1"))
    assert not story.last.messages
    assert (story.alert.restored_at, coming(story.alert)["total"]) == (None, 1)
    story.reports(RESTORED, incident("third", dedup_key="dev1"), incident("over again", clears="dev1"))
    assert story.told(MessageType.RESTORED) == EVERYBODY


def test_an_alarm_and_its_restoral_in_one_batch_still_page() -> None:
    story = opened(incident("first", dedup_key="dev1"), RESTORED)
    assert story.told(MessageType.PAGE) == story.told(MessageType.RESTORED) == EVERYBODY
    assert keys(story.last, story.page("h1")) == ["page", "restored"]


def test_an_alarm_that_comes_and_goes_on_a_restored_alert_tells_nobody() -> None:
    story = opened(incident("first", dedup_key="dev1"))
    story.reports(RESTORED)
    story.reports(incident("second", dedup_key="dev1"), incident("over again", clears="dev1"))
    assert not story.last.messages
    assert story.alert.restored_at is not None


def test_a_drill_on_the_same_detector_is_not_restored_by_the_real_one() -> None:
    story = opened(incident("first", dedup_key="dev1", drill=True))
    assert not story.reports(RESTORED).changed
    story.reports(incident("over", clears="dev1", drill=True))
    assert story.alert.restored_at is not None
