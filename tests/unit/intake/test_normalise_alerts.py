"""An Alertmanager notification becomes incidents."""

import pytest

from services.intake.models import AlertmanagerNotification
from services.intake.normalise_alerts import alerts
from shared.events import IncidentReported
from shared.words import Kind, Severity
from tests.unit.intake.reports import NOW, reception

FIRING = {
    "status": "firing",
    "labels": {"alertname": "CoolingDown", "building": "horst", "severity": "critical", "kind": "power"},
    "annotations": {"summary": "Cooling is down", "description": "Both pumps stopped."},
    "startsAt": "2026-03-02T14:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "fingerprint": "f1",
}


def one(**changes: object) -> IncidentReported:
    notification = AlertmanagerNotification.model_validate({"version": "4", "alerts": [FIRING | changes]})
    (found,) = alerts(notification, reception("monitoring"))
    return found


def labelled(**labels: str) -> IncidentReported:
    return one(labels=labels)


def test_labels_say_what_and_where() -> None:
    found = one()
    assert (found.kind, found.severity, found.location.building) == (Kind.POWER, Severity.EXTREME, "HORST")
    assert (found.title, found.text) == ("Cooling is down", "Both pumps stopped.")


@pytest.mark.parametrize(
    ("label", "severity"),
    [("critical", Severity.EXTREME), ("Warning", Severity.SEVERE), ("info", Severity.MINOR), ("", Severity.MINOR)],
)
def test_severity_follows_the_label(label: str, severity: Severity) -> None:
    assert labelled(severity=label).severity is severity


def test_words_of_any_length_are_cut_to_what_an_alert_can_repeat_in_every_page() -> None:
    found = one(labels={"zone": "z" * 9_000, "building": "b" * 9_000}, annotations={"summary": "s" * 9_000})
    assert (found.location.zone, found.location.building, found.title) == ("z" * 200, "b" * 200, "s" * 500)


@pytest.mark.parametrize("label", ["social_safety", "Social_Safety", " social_safety "])
@pytest.mark.parametrize("said", ["", "open", "internal", "confidential", "dragon"])
def test_social_safety_is_confidential_whatever_its_labels_say(label: str, said: str) -> None:
    assert labelled(kind=label, confidentiality=said).confidential


def test_a_label_may_make_any_alert_confidential() -> None:
    assert labelled(kind="medical", confidentiality="Confidential").confidential
    assert not labelled(kind="medical", confidentiality="dragon").confidential


def test_a_long_group_key_is_not_copied_whole_into_every_incident() -> None:
    sent = {"groupKey": "g" * 500_000, "alerts": [FIRING]}
    (found,) = alerts(AlertmanagerNotification.model_validate(sent), reception("monitoring"))
    assert found.details["group_key"] == "g" * 500


def test_a_label_that_is_no_kind_does_not_lose_the_alert() -> None:
    assert labelled(kind="dragon").kind is Kind.OTHER


def test_resolved_clears_the_alert_that_fired_and_is_another_incident() -> None:
    fired, resolved = one(), one(status="resolved", endsAt="2026-03-02T14:02:00Z")
    assert resolved.clears == fired.dedup_key is not None
    assert resolved.incident_id != fired.incident_id
    assert resolved.severity is Severity.MINOR


def test_a_notification_sent_again_is_the_same_incident() -> None:
    assert one().incident_id == one().incident_id


def test_an_alert_that_fires_again_is_a_new_incident() -> None:
    assert one().incident_id != one(startsAt="2026-03-02T15:00:00Z").incident_id


def test_without_a_fingerprint_the_labels_are_the_alert() -> None:
    first, again = one(fingerprint=None), one(fingerprint=None, annotations={})
    other = one(fingerprint=None, labels={"alertname": "Other"})
    assert first.dedup_key == again.dedup_key != other.dedup_key


def test_an_alert_that_has_fired_for_days_is_no_wrong_clock() -> None:
    assert "clock_off_s" not in one(startsAt="2026-01-01T00:00:00Z").details


def test_a_resolved_alert_says_so() -> None:
    assert one(status="resolved").title == "Opgelost: Cooling is down"
    assert one(status="resolved", endsAt=None).occurred_at == NOW
