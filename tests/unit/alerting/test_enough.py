"""When enough people are coming: who is stood down, and what their answers do after that."""

from dataclasses import replace
from datetime import timedelta

from services.alerting.core.counting import coming
from services.alerting.core.reason import Reason
from shared.words import AlertState, MessageType, PageState
from tests.unit.alerting.world import (
    AED,
    ARRIVED,
    COMING,
    FIRE,
    LEAD,
    NOT_COMING,
    ROSTER,
    Story,
    member,
    opened,
    reasons,
)


def staffed() -> Story:
    """Horst with its lead h1 and h3, h4 coming; h2 and h5 stood down."""
    story = opened()
    story.answers(COMING, "h1", "h3", "h4")
    return story


def crowd(*functions: tuple[str, ...], needed: dict[str, int]) -> Story:
    """An alert of members named a, b, c ... with these functions."""
    names = {"lead": LEAD, "aed": AED}
    team = tuple(member(chr(97 + n), *(names[f] for f in has)) for n, has in enumerate(functions))
    return opened(plan=replace(FIRE, needed=needed), roster={"bhv-horst": team})


def test_enough_coming_stops_paging_and_stands_the_silent_down() -> None:
    story = staffed()
    assert (story.alert.state, story.alert.due_at) == (AlertState.STAFFED, None)
    assert story.told(MessageType.STAND_DOWN) == {"h2", "h5"}
    assert {Reason.STAFFED, Reason.ENOUGH_COMING} <= reasons(story.last)
    assert coming(story.alert) == {"total": 3, "lead": 1}


def test_three_without_a_lead_are_not_enough() -> None:
    story = opened()
    story.answers(COMING, "h3", "h4", "h5")
    assert (story.alert.state, story.alert.step) == (AlertState.PAGING, 1)
    assert not story.last.messages


def test_the_surplus_goes_home_last_come_first_and_the_function_is_kept() -> None:
    story = opened()
    story.answers(COMING, "h3", "h4", "h5", "h1")
    assert story.alert.state is AlertState.STAFFED
    assert story.told(MessageType.STAND_DOWN) == {"h2", "h5"}
    assert coming(story.alert) == {"total": 3, "lead": 1}
    assert Reason.SURPLUS in reasons(story.last)


def test_exactly_the_surplus_goes_home() -> None:
    story = crowd((), (), (), (), ("lead",), needed={"total": 2, "lead": 1})
    story.answers(COMING, "a", "b", "c", "d", "e")
    assert story.told(MessageType.STAND_DOWN) == {"b", "c", "d"}
    assert coming(story.alert) == {"total": 2, "lead": 1}


def test_nobody_goes_home_whose_function_is_needed_even_when_the_total_is_passed() -> None:
    story = crowd(("lead",), (), ("aed",), needed={"total": 1, "lead": 1, "aed": 1})
    story.answers(COMING, "a", "b", "c")
    assert story.told(MessageType.STAND_DOWN) == {"b"}
    assert coming(story.alert) == {"total": 2, "lead": 1, "aed": 1}


def test_those_who_arrived_go_home_only_after_those_on_their_way() -> None:
    story = crowd((), (), (), ("lead",), needed={"total": 2, "lead": 1})
    story.answers(COMING, "a", "b")
    story.answers(ARRIVED, "b", "c")
    story.answers(COMING, "d")
    assert story.told(MessageType.STAND_DOWN) == {"a", "c"}


def test_of_those_who_answered_at_the_same_moment_the_later_page_goes_home() -> None:
    story = crowd((), (), (), ("lead",), needed={"total": 2, "lead": 1})
    moment = story.now
    for name in "abcd":
        story.now = moment
        story.answers(COMING, name)
    assert story.told(MessageType.STAND_DOWN) == {"b", "c"}


def test_a_coming_after_the_stand_down_is_recorded_and_does_not_count() -> None:
    story = staffed()
    decision = story.answers(COMING, "h5")
    assert (story.page("h5").answer, story.page("h5").state) == (COMING, PageState.STOOD_DOWN)
    assert coming(story.alert)["total"] == 3
    assert not decision.messages
    assert reasons(decision) == {Reason.NOT_COUNTED}


def test_someone_who_changes_his_mind_when_enough_are_coming_is_sent_home_as_surplus() -> None:
    story = opened()
    story.answers(NOT_COMING, "h5")
    story.answers(COMING, "h1", "h3", "h4", "h5")
    assert story.told(MessageType.STAND_DOWN) == {"h5"}


def test_a_failed_page_that_is_answered_all_the_same_counts() -> None:
    story = opened()
    story.fails("h5")
    story.answers(COMING, "h5", "h1", "h3")
    assert story.alert.state is AlertState.STAFFED


def test_the_same_answer_again_changes_nothing() -> None:
    story = opened()
    story.answers(COMING, "h1", eta_s=120)
    before = story.alert
    decision = story.answers(COMING, "h1", eta_s=120)
    assert (decision.alert, decision.changed, decision.reasons) == (before, False, (Reason.REPEAT,))


def test_another_eta_is_another_answer() -> None:
    story = opened()
    story.answers(COMING, "h1", eta_s=120)
    story.answers(COMING, "h1", eta_s=20)
    assert story.alert.due_at == story.now + timedelta(seconds=20)


def test_arrived_counts_as_coming() -> None:
    story = opened()
    story.answers(ARRIVED, "h1", "h3", "h4")
    assert story.alert.state is AlertState.STAFFED


def test_a_page_that_changed_twice_in_a_decision_has_one_version_more() -> None:
    story = opened()
    story.answers(COMING, "h3", "h4", "h5", "h1")
    assert story.page("h1").version == 2
    assert story.page("h5").version == 3
    assert len(ROSTER["bhv-horst"]) == len(story.alert.pages)
