"""What a panel, a door or a passer-by said becomes the incident that happened."""

from datetime import timedelta

import pytest

from services.intake import normalise
from services.intake.models import AccessEvent, FireAlarm, TrafficAccident
from shared import ids
from shared.words import Kind, Severity, Urgency
from tests.unit.intake.reports import FRESH, NOW, reception

FIRE = {"device": "detector 12", "building": "HORST", "event": "alarm"}
DOOR = {"door": "HR-Z203", "building": "HORST", "event": "forced"}


def fire(**more: object) -> FireAlarm:
    return FireAlarm.model_validate(FIRE | more)


def door(**more: object) -> AccessEvent:
    return AccessEvent.model_validate(DOOR | more)


def accident(**more: object) -> TrafficAccident:
    return TrafficAccident.model_validate({"place": {"text": "Hallenweg"}, "occurred_at": NOW} | more)


@pytest.mark.parametrize(
    ("event", "kind", "severity"),
    [
        ("alarm", Kind.FIRE_ALARM, Severity.SEVERE),
        ("fault", Kind.FIRE_FAULT, Severity.MODERATE),
        ("restored", Kind.FIRE_RESTORED, Severity.MINOR),
        ("test", Kind.OTHER, Severity.MINOR),
        ("sprinkler_flow", Kind.SPRINKLER_FLOW, Severity.EXTREME),
        ("evacuation", Kind.EVACUATION_STARTED, Severity.EXTREME),
    ],
)
def test_each_event_of_a_panel_has_its_kind_and_severity(event: str, kind: Kind, severity: Severity) -> None:
    incident = normalise.fire_alarm(fire(event=event), reception())
    assert (incident.kind, incident.severity) == (kind, severity)


@pytest.mark.parametrize(
    ("event", "kind", "severity"),
    [
        ("forced", Kind.ACCESS_FORCED, Severity.SEVERE),
        ("held_open", Kind.ACCESS_HELD_OPEN, Severity.MODERATE),
        ("denied", Kind.ACCESS_DENIED, Severity.MODERATE),
        ("duress", Kind.ACCESS_DURESS, Severity.EXTREME),
        ("tamper", Kind.ACCESS_TAMPER, Severity.MODERATE),
        ("granted", Kind.OTHER, Severity.MINOR),
    ],
)
def test_each_event_of_a_door_has_its_kind_and_severity(event: str, kind: Kind, severity: Severity) -> None:
    incident = normalise.access_event(door(event=event), reception())
    assert (incident.kind, incident.severity) == (kind, severity)


def test_a_restored_clears_what_the_same_device_reported() -> None:
    alarm = normalise.fire_alarm(fire(), reception())
    restored = normalise.fire_alarm(fire(event="restored", building=" horst"), reception())
    assert restored.clears == alarm.dedup_key is not None
    assert (alarm.clears, restored.dedup_key) == (None, None)


@pytest.mark.parametrize("other", [{"device": "detector 13"}, {"building": "CARRE"}])
def test_a_restored_of_another_device_or_building_clears_something_else(other: dict[str, str]) -> None:
    alarm = normalise.fire_alarm(fire(), reception())
    assert normalise.fire_alarm(fire(event="restored", **other), reception()).clears != alarm.dedup_key


def test_a_source_cannot_clear_the_alarm_of_another_source() -> None:
    alarm = normalise.fire_alarm(fire(), reception("ascom"))
    assert normalise.fire_alarm(fire(event="restored"), reception("siemens")).clears != alarm.dedup_key


def test_the_same_name_is_the_same_incident_and_a_restored_of_that_name_is_another() -> None:
    first, again, restored = (
        normalise.fire_alarm(fire(external_id="77", event=event), reception()).incident_id
        for event in ("alarm", "alarm", "restored")
    )
    assert first == again != restored


def test_the_same_name_from_another_source_is_another_incident() -> None:
    ids = {normalise.fire_alarm(fire(external_id="77"), reception(name)).incident_id for name in ("ascom", "siemens")}
    assert len(ids) == 2


def test_an_event_without_a_name_gets_a_new_id() -> None:
    assert normalise.fire_alarm(fire(), reception()).incident_id == ids.uuid5(ids.NAMESPACE, str(FRESH))


def test_a_test_of_a_panel_is_a_drill_that_nothing_clears() -> None:
    incident = normalise.fire_alarm(fire(event="test"), reception())
    assert incident.drill
    assert (incident.dedup_key, incident.clears) == (None, None)
    assert incident.urgency is Urgency.PAST


def test_a_known_building_is_spelt_as_in_the_campus_file() -> None:
    assert normalise.fire_alarm(fire(building=" horst "), reception()).location.building == "HORST"


def test_an_unknown_building_is_kept_and_flagged() -> None:
    where = normalise.fire_alarm(fire(building="Nowhere"), reception()).location
    assert (where.building, where.building_known) == ("Nowhere", False)


@pytest.mark.parametrize(
    ("off", "flag"),
    [
        (timedelta(minutes=5), None),
        (timedelta(minutes=5, seconds=1), 301),
        (-timedelta(days=1), None),
        (-timedelta(days=1, seconds=1), -86401),
    ],
)
def test_a_clock_that_is_off_is_flagged(off: timedelta, flag: int | None) -> None:
    incident = normalise.fire_alarm(fire(occurred_at=NOW + off), reception())
    assert incident.details.get("clock_off_s") == flag
    assert (incident.occurred_at, incident.received_at) == (NOW + off, NOW)


def test_fields_that_nobody_knows_are_kept_raw() -> None:
    assert normalise.fire_alarm(fire(loop=7), reception()).details["raw"] == {"loop": 7}


def test_a_title_says_what_and_where_in_the_language_of_the_campus() -> None:
    assert normalise.fire_alarm(fire(), reception()).title == "Brandmelding, detector 12"


def test_the_badge_is_kept_with_an_alarm() -> None:
    assert normalise.access_event(door(event="denied", badge="0042"), reception()).details["badge"] == "0042"


def test_nobodys_way_through_the_campus_is_kept() -> None:
    incident = normalise.access_event(door(event="granted", badge="0042", holder="J. Jansen"), reception())
    assert "0042" not in incident.model_dump_json()
    assert "Jansen" not in incident.model_dump_json()


def test_an_accident_with_injured_people_is_severe() -> None:
    assert normalise.traffic_accident(accident(injured=1), reception()).severity is Severity.SEVERE
    assert normalise.traffic_accident(accident(), reception()).severity is Severity.MODERATE


def test_an_accident_reported_a_week_later_is_no_wrong_clock() -> None:
    report = accident(occurred_at=NOW - timedelta(days=7))
    assert "clock_off_s" not in normalise.traffic_accident(report, reception()).details


def test_a_point_inside_a_building_is_in_that_building() -> None:
    where = normalise.traffic_accident(accident(place={"lat": 52.2365, "lon": 6.8585}), reception()).location
    assert (where.building, where.on_campus) == ("HORST", True)


def test_a_point_far_away_is_off_campus() -> None:
    where = normalise.traffic_accident(accident(place={"lat": 52.30, "lon": 6.90}), reception()).location
    assert (where.building, where.on_campus) == (None, False)
