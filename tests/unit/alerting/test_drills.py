"""Drills run the same road beside the real ones, and make way for them."""

from dataclasses import replace

from services.alerting.core.counting import coming
from services.alerting.core.fold import fold
from services.alerting.core.model import Alert, Decision
from services.alerting.core.reason import Reason
from shared.words import AlertState, Confidentiality, MessageType
from tests.unit.alerting.world import COMING, NOW, incident, keys, opened, reasons, scene, told

TEAM = {"h1", "h2", "h3", "h4", "h5"}


def real_alarm(*drills: Alert, building: str = "HORST") -> dict[bool, Decision]:
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


def test_a_drill_and_a_real_alarm_of_one_batch_end_the_drill_too() -> None:
    drill, real = fold(scene(busy=frozenset()), [incident("drill", drill=True), incident("real")], NOW)
    assert keys(drill, drill.alert.pages[0]) == ["page", "stand_down"]
    assert (drill.alert.state, real.alert.state) == (AlertState.CLOSED, AlertState.PAGING)


def test_a_real_incident_that_joins_ends_no_drill() -> None:
    real, drill = opened(), opened(incident("drill", drill=True))
    (decision,) = fold(scene(real.alert, drill.alert, busy=frozenset()), [incident("second")], NOW)
    assert not decision.alert.drill


def test_a_confidential_report_ends_no_drill() -> None:
    drill = opened(incident("first", drill=True))
    secret = incident("secret", confidentiality=Confidentiality.CONFIDENTIAL)
    (decision,) = fold(scene(drill.alert, busy=frozenset()), [secret], NOW)
    assert not decision.alert.drill


def test_shelving_silences_no_confidential_report() -> None:
    source, building = frozenset({"panel"}), frozenset({"HORST"})
    shelved = replace(scene(busy=frozenset()), shelved_sources=source, shelved_buildings=building)
    assert fold(shelved, [incident("open")], NOW) == ()
    (decision,) = fold(shelved, [incident("secret", confidentiality=Confidentiality.CONFIDENTIAL)], NOW)
    assert told(decision, MessageType.PAGE) == TEAM


def test_a_drill_makes_no_building_busy() -> None:
    roster = {"bhv-carre": (), "security": ()}
    batch = [incident("a"), incident("b", building="CARRE", drill=True)]
    real = fold(scene(busy=frozenset(), roster=roster), batch, NOW)[0]
    assert Reason.BUDDY_IN_ALARM not in reasons(real)
