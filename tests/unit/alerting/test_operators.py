"""What operators do to an alert."""

from services.alerting.core import operator
from services.alerting.core.counting import coming
from services.alerting.core.reason import Reason
from shared.words import AlertState, Answer, MessageType
from tests.unit.alerting.world import COMING, NOT_COMING, NOW, incident, opened, reasons

TEAM = {"h1", "h2", "h3", "h4", "h5"}
BUDDY = {"c1", "c2", "c3", "c4"}


def test_the_first_to_acknowledge_stays_on_record() -> None:
    story = opened()
    story.acknowledges("Ineke")
    first = story.alert
    assert (first.acknowledged_by, first.acknowledged_at) == ("Ineke", story.now)
    assert not story.acknowledges("Joost").changed
    assert (story.alert, story.last.reasons) == (first, (Reason.REPEAT,))


def test_an_operator_starts_the_next_step_now() -> None:
    story = opened()
    story.escalates()
    assert (story.alert.step, story.told(MessageType.PAGE)) == (2, BUDDY)
    assert story.last.timeline[-1].reason is Reason.ESCALATED_BY_OPERATOR
    assert story.last.timeline[-1].cause == "operator:Ineke"
    assert story.last.timeline[-1].text.startswith("Ineke asked for the next step: bhv-carre is paged")


def test_asking_for_the_next_step_twice_skips_none_when_the_step_that_was_seen_is_named() -> None:
    story = opened()
    story.escalates(seen=1)
    assert (story.alert.step, story.told(MessageType.PAGE)) == (2, BUDDY)
    first = story.alert
    for seen in (1, 3):
        assert not story.escalates("Joost", seen=seen).changed
        assert (story.alert, story.last.reasons, story.last.messages) == (first, (Reason.REPEAT,), ())
    story.stands_down()
    assert not story.escalates(seen=1).changed


def test_beyond_the_last_step_there_is_nothing_to_start() -> None:
    story = opened()
    for _ in range(4):
        story.escalates()
    assert (story.alert.step, story.last.reasons[0], story.last.messages) == (4, Reason.NO_MORE_STEPS, ())


def test_of_a_staffed_alert_an_operator_gets_more_than_the_plan_needs() -> None:
    story = opened()
    story.answers(COMING, "h1", "h3", "h4")
    story.escalates()
    story.answers(COMING, "c1", "c2")
    assert story.alert.state is AlertState.PAGING
    story.wait(45)
    assert (story.alert.state, coming(story.alert)["total"]) == (AlertState.STAFFED, 5)
    assert story.told(MessageType.STAND_DOWN) == {"c3", "c4"}


def test_asking_twice_for_more_still_sends_nobody_home() -> None:
    story = opened()
    story.answers(COMING, "h1", "h3", "h4")
    story.escalates()
    story.answers(COMING, "c1")
    story.escalates()
    story.wait(60)
    assert coming(story.alert)["total"] == 4


def test_a_stand_down_tells_all_who_come_or_may_come_and_stops_paging() -> None:
    story = opened()
    story.answers(COMING, "h1", eta_s=10)
    story.answers(NOT_COMING, "h2")
    story.stands_down()
    assert story.told(MessageType.STAND_DOWN) == TEAM - {"h2"}
    assert (story.alert.state, story.alert.due_at) == (AlertState.EXHAUSTED, None)
    assert not story.wait(600).changed
    assert not story.stands_down().changed


def test_an_answer_after_the_operators_stand_down_is_recorded_and_does_not_count() -> None:
    story = opened()
    story.stands_down()
    story.answers(COMING, "h1", "h2", "h3")
    assert (story.alert.state, coming(story.alert)["total"]) == (AlertState.EXHAUSTED, 0)
    assert not story.last.messages


def test_a_new_alarm_after_the_operators_stand_down_pages_again() -> None:
    story = opened()
    story.stands_down()
    story.reports(incident("second"))
    assert (story.alert.state, story.told(MessageType.PAGE)) == (AlertState.PAGING, TEAM)


def test_escalating_after_a_stand_down_or_a_restoral_takes_it_back() -> None:
    for ended in ("stands_down", "reports"):
        story = opened(incident("first", dedup_key="dev1"))
        story.stands_down() if ended == "stands_down" else story.reports(incident("over", clears="dev1"))
        story.escalates()
        assert (story.alert.active, story.told(MessageType.PAGE)) == (True, TEAM | BUDDY)


def test_closing_tells_those_who_come_or_may_come_and_keeps_the_reason() -> None:
    story = opened()
    story.answers(COMING, "h1", "h3", "h4")
    story.answers(NOT_COMING, "h4")
    story.closes("burnt toast")
    assert story.told(MessageType.STAND_DOWN) == TEAM - {"h4"}
    assert (story.alert.state, story.alert.close_reason) == (AlertState.CLOSED, "burnt toast")
    assert (story.alert.closed_at, story.alert.due_at) == (story.now, None)


def test_closing_does_not_tell_anybody_twice() -> None:
    for act in ("stands_down", "restored"):
        story = opened(incident("first", dedup_key="dev1"))
        story.stands_down() if act == "stands_down" else story.reports(incident("over", clears="dev1"))
        assert not story.closes().messages
        assert story.alert.state is AlertState.CLOSED


def test_closing_does_not_tell_who_was_stood_down_and_said_coming_after_it() -> None:
    story = opened()
    story.answers(COMING, "h1", "h3", "h4", "h5")
    story.closes()
    assert story.told(MessageType.STAND_DOWN) == {"h1", "h3", "h4"}


def test_an_alarm_that_comes_and_goes_after_the_operators_stand_down_tells_nobody() -> None:
    story = opened()
    story.fails("h5")
    story.stands_down()
    story.reports(incident("second", zone="9", dedup_key="dev9"), incident("over", clears="dev9"))
    assert (story.last.messages, story.alert.state) == ((), AlertState.EXHAUSTED)


def test_a_closed_alert_changes_no_more_but_for_the_record_of_an_answer() -> None:
    story = opened()
    story.closes()
    for act in (story.closes, story.stands_down, story.escalates):
        assert not act().changed
    decision = story.answers(Answer.COMING, "h1")
    assert (story.page("h1").answer, decision.messages, reasons(decision)) == (COMING, (), {Reason.NOT_COUNTED})
    assert not story.wait(600).changed


def test_the_line_of_a_shelf_names_the_devices_and_their_building() -> None:
    story = opened()
    for count, named in ((1, "p/0"), (7, "p/0, p/1, p/2, p/3, p/4 and 2 more")):
        decision = operator.shelve(story.alert, "Ineke", [f"p/{n}" for n in range(count)], NOW, "dust", NOW)
        (line,) = decision.timeline
        assert line.text == f"Ineke shelved {named} in The Horst until 2026-03-02T10:00+00:00: dust."
    for building, where in (("NOWHERE", " in NOWHERE"), (None, "")):
        alert = opened(incident("x", building=building, known=False)).alert
        (line,) = operator.shelve(alert, "Ineke", ["p/0"], NOW, "dust", NOW).timeline
        assert line.text == f"Ineke shelved p/0{where} until 2026-03-02T10:00+00:00: dust."
