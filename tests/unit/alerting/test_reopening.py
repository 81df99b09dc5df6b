"""Enough were coming, and then they were not."""

from dataclasses import replace
from datetime import timedelta

from services.alerting.core.counting import coming
from services.alerting.core.reason import Reason
from shared.words import AlertState, MessageType, PageState
from tests.unit.alerting.world import ARRIVED, COMING, NOT_COMING, ROSTER, Story, keys, member, opened, reasons


def staffed(eta_s: int | None = None) -> Story:
    """h1 (lead), h3 and h4 coming; h2 and h5 stood down."""
    story = opened()
    story.answers(COMING, "h1", "h3", "h4", eta_s=eta_s)
    return story


def asked_for_more(eta_s: int | None = None) -> Story:
    """The same, and an operator has the buddy building c1 to c4 paged besides."""
    story = staffed(eta_s)
    story.escalates()
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


def test_who_says_to_be_there_now_is_never_overdue() -> None:
    story = staffed(eta_s=0)
    assert (story.page("h1").eta_s, story.alert.due_at) == (0, None)
    assert story.last.timeline[0].text.startswith("h4 is coming: ")
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


def test_when_an_operator_asked_for_more_and_then_too_few_come_those_stood_down_are_paged_again() -> None:
    story = asked_for_more()
    deadline = story.alert.deadline
    decision = story.answers(NOT_COMING, "h3")
    assert story.told(MessageType.PAGE) == {"h2", "h5"}
    assert keys(decision, story.page("h5")) == ["page:2"]
    assert reasons(decision) == {Reason.ANSWERED, Reason.REOPENED_NOT_COMING, Reason.WAITING}
    assert decision.timeline[-1].text == "Not enough any more, 2 of 3 are left: h2 and h5 are paged again."
    assert (story.alert.state, story.alert.step, story.alert.deadline) == (AlertState.PAGING, 2, deadline)
    assert not story.answers(NOT_COMING, "h4").messages


def test_those_stood_down_are_paged_again_before_the_next_step_is_started() -> None:
    story = asked_for_more()
    story.answers(NOT_COMING, "c1", "c2", "c3", "c4")
    story.answers(NOT_COMING, "h4")
    assert (story.alert.step, story.told(MessageType.PAGE)) == (2, {"h2", "h5"})


def test_people_who_are_late_at_the_very_deadline_have_those_stood_down_paged_again_beside_the_next_step() -> None:
    story = asked_for_more(eta_s=46)
    assert story.alert.deadline == story.page("h4").eta_due
    story.wait(45)
    assert (story.alert.step, story.told(MessageType.PAGE)) == (3, {"h2", "h5", "r1", "r2", "u1", "u2", "s1", "s2"})
    assert {Reason.REOPENED_ETA_PASSED, Reason.DEADLINE_PASSED} <= reasons(story.last)


def test_surplus_who_says_once_more_that_he_is_coming_counts_when_people_are_looked_for() -> None:
    story = staffed()
    story.answers(COMING, "h5")
    assert story.answers(COMING, "h5").reasons == (Reason.REPEAT,)
    story.escalates()
    assert reasons(story.answers(COMING, "h5")) == {Reason.ANSWERED, Reason.WAITING}
    assert (story.page("h5").counts, coming(story.alert)["total"]) == (True, 4)
    assert story.answers(COMING, "h5").reasons == (Reason.REPEAT,)


def test_who_was_stood_down_and_says_twice_that_he_is_not_coming_repeats_himself() -> None:
    story = asked_for_more()
    story.answers(NOT_COMING, "h5")
    assert story.answers(NOT_COMING, "h5").reasons == (Reason.REPEAT,)


def test_who_has_no_channel_is_not_paged_again_and_counts_when_he_is_coming_once_more() -> None:
    out_of_reach = replace(member("x"), channels=())
    story = opened(roster={**ROSTER, "bhv-horst": (*ROSTER["bhv-horst"], out_of_reach)})
    story.answers(COMING, "h3", "h4", "x", "h1")
    assert story.page("x").stood_down
    story.answers(NOT_COMING, "h3")
    assert (story.told(MessageType.PAGE), story.page("x").silent) == ({"h2", "h5"}, False)
    story.answers(COMING, "x")
    assert story.alert.state is AlertState.STAFFED
