"""When the next step starts: at once when it must, else at the deadline."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.alerting.core.facts import Step
from services.alerting.core.reason import Event, Reason
from shared.words import AlertState, MessageType
from tests.unit.alerting.world import (
    COMING,
    FIRE,
    LEAD,
    NOT_COMING,
    NOW,
    ROSTER,
    Story,
    member,
    opened,
    people,
    reasons,
)


def why(story: Story, event: Event) -> list[tuple[Reason, str]]:
    """Reason and text of the lines of one event in the last decision."""
    return [(line.reason, line.text) for line in story.last.timeline if line.event is event]


def test_at_the_deadline_the_buddy_building_is_paged() -> None:
    story = opened()
    story.wait(45)
    assert story.told(MessageType.PAGE) == {"c1", "c2", "c3", "c4"}
    assert (story.alert.step, story.alert.due_at) == (2, NOW + timedelta(seconds=90))
    text = "Only 0 of 3 are coming at the deadline: bhv-carre is paged, 4 people, for 45 seconds."
    assert why(story, Event.ESCALATED) == [(Reason.DEADLINE_PASSED, text)]


def test_before_the_deadline_nothing_happens() -> None:
    story = opened()
    assert not story.wait(44.9).changed
    assert story.last.reasons == (Reason.WAITING,)


def test_a_deadline_that_is_looked_at_late_gives_the_next_step_its_full_time() -> None:
    story = opened()
    story.wait(600)
    assert (story.alert.step, story.alert.due_at) == (2, NOW + timedelta(seconds=645))


def test_the_buddy_is_paged_at_once_when_those_still_silent_are_fewer_than_those_still_needed() -> None:
    story = opened()
    story.answers(NOT_COMING, "h3", "h4")
    assert story.alert.step == 1
    story.answers(NOT_COMING, "h5")
    assert story.told(MessageType.PAGE) == {"c1", "c2", "c3", "c4"}
    text = "Only 2 of 3 responders can still come: bhv-carre is paged, 4 people, for 45 seconds."
    assert why(story, Event.ESCALATED) == [(Reason.QUORUM_IMPOSSIBLE, text)]


def test_the_same_holds_for_a_function() -> None:
    story = opened()
    story.answers(NOT_COMING, "h1")
    assert story.alert.step == 1
    story.answers(NOT_COMING, "h2")
    assert (story.alert.step, reasons(story.last)) == (2, {Reason.ANSWERED, Reason.FUNCTION_IMPOSSIBLE})
    assert "0 of 1 lead" in why(story, Event.ESCALATED)[0][1]


def test_too_few_present_are_not_waited_for_at_the_opening() -> None:
    story = opened(roster={**ROSTER, "bhv-horst": people("h", 2, leads=1)})
    assert story.told(MessageType.PAGE) == {"h1", "h2", "c1", "c2", "c3", "c4"}
    assert (story.alert.step, story.alert.due_at) == (2, NOW + timedelta(seconds=45))


def test_no_lead_present_is_not_waited_for_at_the_opening() -> None:
    story = opened(roster={**ROSTER, "bhv-horst": people("h", 5)})
    assert story.alert.step == 2
    assert Reason.FUNCTION_IMPOSSIBLE in reasons(story.last)


def test_steps_cascade_at_once_as_long_as_too_few_can_come() -> None:
    few = {"bhv-horst": people("h", 1, leads=1), "bhv-carre": people("c", 1), "crisis": people("k", 3)}
    story = opened(roster=few)
    assert story.told(MessageType.PAGE) == {"h1", "c1", "k1", "k2", "k3"}
    assert (story.alert.step, story.alert.state) == (4, AlertState.PAGING)
    assert [line.reason for line in story.last.timeline] == [
        Reason.OPENED,
        Reason.OPENED,
        Reason.QUORUM_IMPOSSIBLE,
        Reason.TEAM_EMPTY,
        Reason.TEAM_EMPTY,
    ]


@pytest.mark.parametrize(
    ("roster", "reason"),
    [
        ({key: team for key, team in ROSTER.items() if key != "bhv-horst"}, Reason.TEAM_EMPTY),
        ({**ROSTER, "bhv-horst": ()}, Reason.NOBODY_PRESENT),
    ],
)
def test_an_empty_team_is_never_waited_for(roster: dict[str, tuple[()]], reason: Reason) -> None:
    story = opened(roster=roster)
    assert story.alert.step == 2
    assert [line.reason for line in story.last.timeline if line.event is Event.SKIPPED] == [reason]


def test_a_step_without_teams_is_never_waited_for() -> None:
    story = opened(plan=replace(FIRE, steps=(Step((), 600), *FIRE.steps)))
    assert (story.alert.step, story.told(MessageType.PAGE)) == (2, {"h1", "h2", "h3", "h4", "h5"})


def test_a_step_whose_people_were_all_paged_already_is_never_waited_for() -> None:
    story = opened(plan=replace(FIRE, steps=(Step(("bhv",), 45), Step(("bhv",), 45), Step(("security",), 45))))
    story.wait(45)
    assert (story.alert.step, story.told(MessageType.PAGE)) == (3, {"s1", "s2"})
    assert Reason.NOBODY_NEW in reasons(story.last)


def test_a_member_paged_by_an_earlier_step_is_not_paged_again_but_still_counts_as_silent() -> None:
    shared = (*ROSTER["bhv-horst"][:2], *people("c", 1))
    story = opened(roster={**ROSTER, "bhv-carre": shared})
    story.wait(45)
    assert story.told(MessageType.PAGE) == {"c1"}
    story.answers(COMING, "h1", "h2", "c1")
    assert story.alert.state is AlertState.STAFFED


def test_a_buddy_with_an_alarm_of_its_own_is_passed_over_for_the_next() -> None:
    story = opened()
    story.busy = frozenset({"CARRE"})
    story.wait(45)
    assert story.told(MessageType.PAGE) == {"r1", "r2"}
    skipped = why(story, Event.SKIPPED)
    assert skipped == [(Reason.BUDDY_IN_ALARM, "Buddy building CARRE has an alarm of its own and is passed over.")]


def test_buddies_are_all_that_are_left_without_an_alarm_of_their_own() -> None:
    story = opened()
    story.wait(45)
    story.busy = frozenset({"RAVELIJN"})
    story.wait(45)
    assert story.told(MessageType.PAGE) == {"u1", "u2", "s1", "s2"}
    assert story.alert.teams_paged == ("bhv-horst", "bhv-carre", "bhv-cubicus", "security")


def test_two_buddy_words_in_a_step_are_two_buildings() -> None:
    story = opened(plan=replace(FIRE, steps=(Step(("buddy", "buddy"), 45), Step(("buddies",), 45))))
    assert story.alert.teams_paged == ("bhv-carre", "bhv-ravelijn")
    assert story.last.timeline[-1].text.endswith("bhv-carre and bhv-ravelijn are paged, 6 people, for 45 seconds.")


def test_when_every_buddy_has_an_alarm_of_its_own_the_step_is_not_waited_for() -> None:
    story = opened(busy=frozenset({"CARRE", "RAVELIJN", "CUBICUS"}))
    story.wait(45)
    assert (story.alert.step, story.told(MessageType.PAGE)) == (3, {"s1", "s2"})
    assert Reason.NO_BUDDY_FREE in reasons(story.last)


def test_pages_that_fail_are_not_waited_for() -> None:
    story = opened()
    story.fails("h3", "h4")
    assert story.alert.step == 1
    story.fails("h5")
    assert story.alert.step == 2
    assert reasons(story.last) == {Reason.PAGE_FAILED, Reason.QUORUM_IMPOSSIBLE}


def test_a_page_that_fails_after_its_answer_changes_nothing() -> None:
    story = opened()
    story.answers(COMING, "h1")
    assert not story.fails("h1").changed
    assert story.page("h1").counts


def test_after_the_last_deadline_the_alert_is_exhausted_and_says_so() -> None:
    story = opened()
    for seconds in (45, 45, 60, 120):
        story.wait(seconds)
    assert (story.alert.state, story.alert.due_at) == (AlertState.EXHAUSTED, None)
    assert reasons(story.last) == {Reason.DEADLINE_PASSED, Reason.NO_MORE_STEPS}
    assert not story.wait(600).changed


def test_the_last_step_is_exhausted_at_once_when_it_cannot_do() -> None:
    one = (member("h1", LEAD),)
    story = opened(roster={"bhv-horst": one})
    assert (story.alert.state, story.alert.step) == (AlertState.EXHAUSTED, 4)
    assert story.told(MessageType.PAGE) == {"h1"}


def test_late_answers_still_staff_an_exhausted_alert() -> None:
    story = opened()
    for seconds in (45, 45, 60, 120):
        story.wait(seconds)
    story.answers(COMING, "h1", "c2", "r2")
    assert story.alert.state is AlertState.STAFFED
    assert "k1" in story.told(MessageType.STAND_DOWN)
