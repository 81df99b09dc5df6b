"""Which incidents join an open alert, and what they tell those paged."""

from dataclasses import replace

import pytest

from services.alerting.core.fold import fold
from services.alerting.core.model import Alert, Decision
from services.alerting.core.reason import Reason
from services.alerting.core.scene import Scene
from shared.events import IncidentReported
from shared.words import AlertState, Answer, Confidentiality, Kind, MessageType, Severity
from tests.unit.alerting.world import (
    COMING,
    FIRE,
    NOT_COMING,
    NOW,
    ROSTER,
    incident,
    keys,
    named,
    opened,
    reasons,
    scene,
)


def at(*alerts_of: Decision, busy: frozenset[str] = frozenset()) -> Scene:
    """The campus after these decisions."""
    return scene(*(decision.alert for decision in alerts_of), busy=busy)


def decided(*batch: IncidentReported, on: Scene | None = None) -> tuple[Decision, ...]:
    """Fold a batch over a scene, an empty one unless given."""
    return fold(on or at(), batch, NOW)


def test_one_more_incident_joins_and_tells_nobody() -> None:
    story = opened()
    decision = story.reports(incident("second"))
    assert [joined.incident_id for joined in story.alert.incidents] == [named("first"), named("second")]
    assert not decision.messages
    assert reasons(decision) == {Reason.JOINED}


def test_incidents_of_one_batch_share_their_alert() -> None:
    (decision,) = decided(incident("a"), incident("b", Kind.SPRINKLER_FLOW), incident("c"))
    assert len(decision.alert.incidents) == 3
    assert decision.alert.version == 1
    assert {message.type for message in decision.messages} == {MessageType.PAGE}


@pytest.mark.parametrize(
    "other",
    [
        incident("b", building="CARRE"),
        incident("b", Kind.PSYCHOLOGICAL),
        incident("b", drill=True),
        incident("b", confidentiality=Confidentiality.CONFIDENTIAL),
    ],
    ids=["building", "plan", "drill", "confidential"],
)
def test_what_differs_in_building_plan_drill_or_secrecy_opens_its_own_alert(other: IncidentReported) -> None:
    first, second = decided(incident("a"), other)
    assert first.alert.alert_id != second.alert.alert_id
    (later,) = decided(other, on=at(decided(incident("a"))[0]))
    assert later.alert.alert_id == second.alert.alert_id


def test_each_confidential_report_is_an_alert_of_its_own_and_pages_for_itself() -> None:
    first, second = (
        incident(name, Kind.PSYCHOLOGICAL, confidentiality=Confidentiality.CONFIDENTIAL) for name in ("a", "b")
    )
    one, other = decided(first, second)
    assert all({message.type for message in each.messages} == {MessageType.PAGE} for each in (one, other))
    (later,) = decided(second, on=at(one))
    assert later.alert.alert_id == other.alert.alert_id
    assert {message.type for message in later.messages} == {MessageType.PAGE}


def test_a_closed_alert_is_not_joined() -> None:
    story = opened()
    story.closes()
    (decision,) = decided(incident("second"), on=scene(story.alert, busy=frozenset()))
    assert decision.alert.alert_id != story.alert.alert_id


def test_outdoors_or_in_an_unknown_building_only_the_same_dedup_key_joins() -> None:
    for where in (None, "NOWHERE"):
        first = incident("a", building=where, known=False, dedup_key="d")
        other = incident("b", building=where, known=False, dedup_key="e")
        same = incident("c", building=where, known=False, dedup_key="d")
        assert len(decided(first, other)) == 2
        (decision,) = decided(first, same)
        assert len(decision.alert.incidents) == 2


def test_the_same_incident_again_changes_nothing() -> None:
    story = opened()
    assert not story.reports(incident("first", severity=Severity.EXTREME)).changed
    (decision,) = decided(incident("a"), incident("a"))
    assert len(decision.alert.incidents) == 1


def test_a_higher_severity_updates_everybody_who_may_come() -> None:
    story = opened()
    story.answers(NOT_COMING, "h5")
    story.answers(COMING, "h3")
    story.reports(incident("second", severity=Severity.EXTREME))
    assert story.alert.severity is Severity.EXTREME
    assert story.told(MessageType.UPDATE) == {"h1", "h2", "h3", "h4"}
    assert reasons(story.last) == {Reason.SEVERITY_RAISED}


def test_a_lower_severity_tells_nobody() -> None:
    story = opened()
    assert not story.reports(incident("second", severity=Severity.MODERATE)).messages
    assert story.alert.severity is Severity.SEVERE


def test_another_zone_updates_everybody_once_and_the_next_one_counts_on() -> None:
    story = opened(incident("first", zone="1"))
    assert not story.reports(incident("b", zone="1")).messages
    second = story.reports(incident("c", zone="2"), incident("d", zone="3"))
    assert keys(second, story.page("h1")) == ["update"]
    assert reasons(second) == {Reason.ZONE_ADDED}
    third = story.reports(incident("e", zone="4"))
    assert keys(third, story.page("h1")) == ["update:2"]
    assert [place.zone for place in story.alert.places] == ["1", "2", "3", "4"]


def test_another_room_is_another_place_when_the_source_knows_no_zones() -> None:
    story = opened(incident("first", room="H-205"))
    story.reports(incident("b", room="H-300"))
    assert Reason.ZONE_ADDED in reasons(story.last)


def test_those_stood_down_get_no_update() -> None:
    story = opened()
    story.answers(COMING, "h1", "h3", "h4")
    story.reports(incident("second", zone="2"))
    assert story.told(MessageType.UPDATE) == {"h1", "h3", "h4"}
    assert story.alert.state is AlertState.STAFFED


def test_a_batch_that_opens_and_raises_pages_once_with_the_highest_severity() -> None:
    (decision,) = decided(incident("a"), incident("b", severity=Severity.EXTREME, zone="2"))
    assert decision.alert.severity is Severity.EXTREME
    assert {message.key.split(":", 1)[1] for message in decision.messages} == {"page"}


def test_alarms_of_one_batch_make_each_others_buildings_busy() -> None:
    horst = opened(roster={"bhv-horst": (), "bhv-carre": ()})
    assert Reason.NOBODY_PRESENT in reasons(horst.last)
    first, _ = fold(
        scene(busy=frozenset(), roster={"bhv-carre": (), "security": ()}),
        [incident("a"), incident("b", building="CARRE")],
        NOW,
    )
    assert Reason.BUDDY_IN_ALARM in reasons(first)


@pytest.mark.parametrize(
    "elsewhere",
    [
        incident("b", building="CARRE", confidentiality=Confidentiality.CONFIDENTIAL),
        incident("b", Kind.PSYCHOLOGICAL, building="CARRE"),
    ],
    ids=["confidential", "calls no BHV"],
)
def test_a_building_is_passed_over_as_buddy_only_for_an_alarm_that_calls_its_bhv_and_may_be_seen(
    elsewhere: IncidentReported,
) -> None:
    roster = {"bhv-carre": (), "security": ()}
    first, _ = fold(scene(busy=frozenset(), roster=roster), [incident("a"), elsewhere], NOW)
    assert Reason.BUDDY_IN_ALARM not in reasons(first)


def paged_with_a_restoral_in_carre(over: IncidentReported, *others: Alert) -> tuple[str, ...]:
    """The teams of an alarm in Horst, of whose BHV nobody is present, in the batch that restores the alarm of Carre."""
    carre = opened(incident("carre", building="CARRE", dedup_key="d1"))
    on = scene(carre.alert, *others, roster={**ROSTER, "bhv-horst": ()}, busy=frozenset({"CARRE"}))
    (horst,) = [each.alert for each in fold(on, [incident("horst"), over], NOW) if each.alert.building == "HORST"]
    return horst.teams_paged


def test_a_buddy_building_that_is_restored_in_the_same_batch_is_called() -> None:
    over = incident("over", building="CARRE", clears="d1")
    assert paged_with_a_restoral_in_carre(over) == ("bhv-horst", "bhv-carre")


def test_a_buddy_building_that_is_restored_is_passed_over_for_another_alarm_of_its_own_known_or_not() -> None:
    over = incident("over", building="CARRE", clears="d1")
    other = opened(incident("other", building="CARRE"), plan=replace(FIRE, id="second")).alert
    assert "bhv-carre" not in paged_with_a_restoral_in_carre(over, other)
    names_no_building = incident("over", building=None, clears="d1")
    assert "bhv-carre" not in paged_with_a_restoral_in_carre(names_no_building)


def test_every_line_has_its_reason_cause_and_number() -> None:
    story = opened()
    first = story.last.timeline
    story.reports(incident("second", zone="2"))
    story.answers(Answer.COMING, "h1")
    lines = [*first, *story.last.timeline]
    assert [line.seq for line in first] == list(range(1, len(first) + 1))
    assert story.last.timeline[-1].seq == story.alert.timeline_seq
    assert {line.cause for line in lines} == {f"incident:{named('first')}", f"answer:{story.page('h1').page_id}"}
