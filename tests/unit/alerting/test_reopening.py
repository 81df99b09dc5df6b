"""Enough were coming, and then they were not."""

from datetime import timedelta

from services.alerting.core.counting import coming
from services.alerting.core.reason import Reason
from shared.words import AlertState, MessageType, PageState
from tests.unit.alerting.world import ARRIVED, COMING, NOT_COMING, Story, keys, opened, reasons


def staffed(eta_s: int | None = None) -> Story:
    """h1 (lead), h3 and h4 coming; h2 and h5 stood down."""
    story = opened()
    story.answers(COMING, "h1", "h3", "h4", eta_s=eta_s)
    return story


def test_a_not_coming_pages_those_stood_down_again_with_the_same_page() -> None:
    story = staffed()
    before = story.page("h5")
    decision = story.answers(NOT_COMING, "h4")
    after = story.page("h5")
    assert story.told(MessageType.PAGE) == {"h2", "h5"}
    assert (after.page_id, after.round, after.state, after.answer) == (before.page_id, 2, PageState.SENDING, None)
    assert keys(decision, after) == ["page:2"]
    assert Reason.REOPENED_NOT_COMING in reasons(decision)


def test_a_reopened_alert_waits_the_time_of_its_present_step() -> None:
    story = staffed()
    story.answers(NOT_COMING, "h4")
    assert (story.alert.state, story.alert.step) == (AlertState.PAGING, 1)
    assert story.alert.due_at == story.now + timedelta(seconds=45)
    story.wait(45)
    assert (story.alert.step, story.told(MessageType.PAGE)) == (2, {"c1", "c2", "c3", "c4"})


def test_a_reopened_alert_goes_on_at_once_when_too_few_are_left() -> None:
    story = opened()
    story.answers(NOT_COMING, "h2", "h5")
    story.answers(COMING, "h1", "h3", "h4")
    story.answers(NOT_COMING, "h4")
    assert (story.alert.step, story.told(MessageType.PAGE)) == (2, {"c1", "c2", "c3", "c4"})
    assert {Reason.REOPENED_NOT_COMING, Reason.QUORUM_IMPOSSIBLE} <= reasons(story.last)


def test_who_said_not_coming_after_the_stand_down_is_not_paged_again() -> None:
    story = staffed()
    story.answers(NOT_COMING, "h5")
    assert story.alert.state is AlertState.STAFFED
    story.answers(NOT_COMING, "h4")
    assert story.told(MessageType.PAGE) == {"h2"}


def test_who_said_coming_after_the_stand_down_is_asked_anew() -> None:
    story = staffed()
    story.answers(COMING, "h5")
    story.answers(NOT_COMING, "h4")
    assert (story.page("h5").answer, coming(story.alert)["total"]) == (None, 2)


def test_who_was_stood_down_and_declined_counts_when_he_can_come_after_all() -> None:
    story = staffed()
    story.answers(NOT_COMING, "h5", "h4")
    story.answers(COMING, "h5")
    assert story.page("h5").counts
    assert story.alert.state is AlertState.STAFFED


def test_after_a_second_reopening_the_keys_count_on() -> None:
    story = staffed()
    story.answers(NOT_COMING, "h4")
    second = story.answers(COMING, "h2")
    assert keys(second, story.page("h5")) == ["stand_down:2"]
    third = story.answers(NOT_COMING, "h3")
    assert keys(third, story.page("h5")) == ["page:3"]


def test_an_eta_that_passes_without_arrival_reopens_the_count() -> None:
    story = staffed(eta_s=120)
    assert story.alert.due_at == story.page("h1").eta_due
    story.wait(118)
    assert story.page("h1").overdue
    assert (story.alert.state, story.told(MessageType.PAGE)) == (AlertState.PAGING, {"h2", "h5"})
    assert {Reason.ETA_PASSED, Reason.REOPENED_ETA_PASSED} <= reasons(story.last)


def test_who_arrives_before_his_eta_is_not_overdue() -> None:
    story = staffed(eta_s=120)
    story.answers(ARRIVED, "h1", "h3", "h4")
    assert story.alert.due_at is None
    assert not story.wait(600).changed


def test_without_an_eta_nobody_is_overdue() -> None:
    story = staffed()
    assert story.alert.due_at is None
    assert not story.wait(3600).changed


def test_who_arrives_late_counts_again() -> None:
    story = staffed(eta_s=120)
    story.wait(118)
    story.answers(ARRIVED, "h1")
    assert story.alert.state is AlertState.STAFFED
    assert story.told(MessageType.STAND_DOWN) == {"h2", "h5"}


def test_who_is_late_and_promises_the_same_anew_counts_again() -> None:
    story = staffed(eta_s=120)
    story.wait(118)
    story.answers(COMING, "h1", eta_s=120)
    assert story.page("h1").eta_due == story.now + timedelta(seconds=120)
    assert story.alert.state is AlertState.STAFFED


def test_who_is_late_neither_counts_nor_is_waited_for() -> None:
    story = opened()
    story.answers(NOT_COMING, "h4", "h5")
    story.answers(COMING, "h3", eta_s=10)
    story.wait(20)
    assert (story.alert.step, story.alert.state) == (2, AlertState.PAGING)
    assert {Reason.ETA_PASSED, Reason.QUORUM_IMPOSSIBLE} <= reasons(story.last)


def test_an_eta_and_the_deadline_at_the_same_moment_make_one_step() -> None:
    story = opened()
    story.answers(COMING, "h1", eta_s=44)
    story.wait(44)
    assert (story.alert.step, story.page("h1").overdue) == (2, True)
