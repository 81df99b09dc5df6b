"""Drills run the same road beside the real ones, and make way for them."""

from dataclasses import replace

import pytest

from services.alerting.core.counting import coming
from services.alerting.core.fold import fold
from services.alerting.core.model import Alert, Decision
from services.alerting.core.reason import Reason
from shared.words import AlertState, Confidentiality, Kind, MessageType
from tests.unit.alerting.world import COMING, NOW, ROSTER, incident, keys, opened, reasons, scene, told

TEAM = {"h1", "h2", "h3", "h4", "h5"}


def real_alarm(*drills: Alert, building: str | None = "HORST") -> dict[bool, Decision]:
    """A real alarm on a campus with these drills: the decisions by drill or not."""
    decisions = fold(scene(*drills, busy=frozenset()), [incident("real", building=building)], NOW)
    return {decision.alert.drill: decision for decision in decisions}


def test_a_drill_pages_like_the_real_thing_and_is_marked() -> None:
    story = opened(incident("first", drill=True))
    assert (story.alert.drill, story.told(MessageType.PAGE)) == (True, TEAM)
    assert story.last.timeline[0].text.startswith("Drill: ")


def test_a_real_alarm_opens_its_own_alert_and_nobody_counts_for_it_yet() -> None:
    drill = opened(incident("first", drill=True))
    drill.answers(COMING, "h1", "h3", "h4")
    real = real_alarm(drill.alert)[False]
    assert told(real, MessageType.PAGE) == TEAM
    assert coming(real.alert) == {"total": 0, "lead": 0}


def test_a_real_alarm_ends_the_drill_of_its_building() -> None:
    drill = opened(incident("first", drill=True))
    ended = real_alarm(drill.alert)[True]
    assert (ended.alert.state, ended.alert.close_reason) == (AlertState.CLOSED, "pre-empted by a real alarm")
    assert told(ended, MessageType.STAND_DOWN) == TEAM
    assert reasons(ended) == {Reason.PREEMPTED}


def test_a_real_alarm_ends_a_drill_elsewhere_that_called_its_team() -> None:
    drill = opened(incident("first", drill=True))
    assert True not in real_alarm(drill.alert, building="CARRE")
    drill.wait(45)
    assert real_alarm(drill.alert, building="CARRE")[True].alert.state is AlertState.CLOSED


def test_a_real_alarm_outdoors_ends_no_drill_outdoors_but_one_that_called_its_team() -> None:
    psychological = incident("real", Kind.PSYCHOLOGICAL, building=None)
    drill = opened(incident("first", building=None, drill=True))
    assert "bhv-horst" not in drill.alert.teams_paged
    (decision,) = fold(scene(drill.alert, busy=frozenset()), [psychological], NOW)
    assert not decision.alert.drill
    assert real_alarm(drill.alert, building=None)[True].alert.state is AlertState.CLOSED


@pytest.mark.parametrize("real_first", [False, True])
def test_a_drill_in_one_batch_with_a_real_alarm_of_its_building_ends_and_pages_nobody(real_first: bool) -> None:
    batch = [incident("drill", drill=True), incident("more of it", drill=True), incident("real")]
    decisions = fold(scene(busy=frozenset()), batch[::-1] if real_first else batch, NOW)
    real, drill = decisions if real_first else decisions[::-1]
    assert (drill.alert.state, drill.alert.joined, drill.alert.pages) == (AlertState.CLOSED, 2, ())
    assert (drill.timeline[-1].reason, drill.timeline[-1].cause) == (Reason.PREEMPTED, f"alert:{real.alert.alert_id}")
    assert (real.alert.state, told(real, MessageType.PAGE)) == (AlertState.PAGING, TEAM)


@pytest.mark.parametrize("real_first", [False, True])
def test_a_drill_elsewhere_that_calls_the_team_of_a_real_alarm_of_its_batch_ends(real_first: bool) -> None:
    without_carre = {**ROSTER, "bhv-carre": ()}
    batch = [incident("drill", drill=True), incident("real", building="CARRE")]
    decisions = fold(scene(busy=frozenset(), roster=without_carre), batch[::-1] if real_first else batch, NOW)
    real, drill = decisions if real_first else decisions[::-1]
    assert (drill.alert.state, real.alert.state) == (AlertState.CLOSED, AlertState.PAGING)
    assert keys(drill, drill.alert.pages[0]) == ["page", "stand_down"]


@pytest.mark.parametrize("building", ["HORST", "CARRE"])
def test_a_new_alarm_on_a_restored_alert_ends_drills_like_one_that_opens(building: str) -> None:
    real = opened(incident("first", dedup_key="d1"))
    real.wait(45)
    real.reports(incident("over", clears="d1"))
    drill = opened(incident("drill", building=building, drill=True))
    woken, ended = fold(scene(real.alert, drill.alert, busy=frozenset()), [incident("second")], NOW)
    assert woken.alert.state is AlertState.PAGING
    assert (ended.alert.state, reasons(ended)) == (AlertState.CLOSED, {Reason.PREEMPTED})


def test_a_drill_that_is_held_while_a_real_alarm_of_the_building_is_on_ends_at_once_and_pages_nobody() -> None:
    real = opened()
    for answers in ((), ("h1", "h3", "h4")):
        real.answers(COMING, *answers)
        (drill,) = fold(scene(real.alert, busy=frozenset()), [incident("drill", drill=True)], NOW)
        assert (drill.alert.state, drill.alert.close_reason) == (AlertState.CLOSED, "pre-empted by a real alarm")
        assert (drill.alert.pages, drill.messages) == ((), ())
        assert reasons(drill) == {Reason.OPENED, Reason.PREEMPTED}


def test_a_restored_drill_that_is_set_off_again_beside_a_real_alarm_ends_and_pages_nobody() -> None:
    real, drill = opened(), opened(incident("drill", drill=True, dedup_key="d1"))
    drill.reports(incident("over", clears="d1", drill=True))
    (ended,) = fold(scene(real.alert, drill.alert, busy=frozenset()), [incident("again", drill=True)], NOW)
    assert (ended.alert.state, ended.messages) == (AlertState.CLOSED, ())


def test_a_drill_is_held_when_the_real_alarm_of_the_building_is_over() -> None:
    restored, sent_home = opened(incident("first", dedup_key="d1")), opened()
    restored.reports(incident("over", clears="d1"))
    sent_home.stands_down()
    for real in (restored, sent_home):
        (drill,) = fold(scene(real.alert, busy=frozenset()), [incident("drill", drill=True)], NOW)
        assert (drill.alert.state, told(drill, MessageType.PAGE)) == (AlertState.PAGING, TEAM)


def test_a_real_incident_that_joins_ends_no_drill() -> None:
    real, drill = opened(), opened(incident("drill", drill=True))
    (decision,) = fold(scene(real.alert, drill.alert, busy=frozenset()), [incident("second")], NOW)
    assert not decision.alert.drill


def test_a_confidential_report_ends_no_drill() -> None:
    drill = opened(incident("first", drill=True))
    secret = incident("secret", confidentiality=Confidentiality.CONFIDENTIAL)
    (decision,) = fold(scene(drill.alert, busy=frozenset()), [secret], NOW)
    assert not decision.alert.drill
    _, beside = fold(scene(busy=frozenset()), [secret, incident("drill", drill=True)], NOW)
    assert beside.alert.state is AlertState.PAGING


def test_shelving_silences_no_confidential_report() -> None:
    on_shelf = frozenset({("panel", None), (None, "HORST"), ("panel/secret", "HORST")})
    shelved = replace(scene(busy=frozenset()), shelved=on_shelf)
    assert fold(shelved, [incident("open")], NOW) == ()
    (decision,) = fold(shelved, [incident("secret", confidentiality=Confidentiality.CONFIDENTIAL)], NOW)
    assert told(decision, MessageType.PAGE) == TEAM


def test_a_drill_makes_no_building_busy() -> None:
    roster = {"bhv-carre": (), "security": ()}
    batch = [incident("a"), incident("b", building="CARRE", drill=True)]
    real = fold(scene(busy=frozenset(), roster=roster), batch, NOW)[0]
    assert Reason.BUDDY_IN_ALARM not in reasons(real)
