"""A confidential report leaves nothing on the topics that tells about whom it is."""

from services.intake import confidential, normalise_alerts
from services.intake.confidential import Veil
from services.intake.models import AlertmanagerNotification, Incident
from services.intake.normalise_incident import incident
from shared.events import IncidentReported
from tests.unit.intake.reports import reception

VEIL = Veil("a secret of the tests")
SECRET = "Piet"
REPORT = {
    "title": f"About {SECRET}",
    "text": f"{SECRET} said",
    "details": {"who": SECRET},
    "location": {"building": "HORST", "room": "A-101"},
    "source": {"system": "desk", "device": SECRET, "external_id": SECRET},
    "attachments": [{"url": f"https://files.test/{SECRET}", "kind": "image"}],
    "colour": SECRET,
}


def test_nothing_of_the_report_but_kind_and_building_stays() -> None:
    whole = incident(Incident.model_validate(REPORT | {"kind": "social_safety"}), reception())
    left = confidential.bare(whole, "Social safety")
    assert SECRET not in left.model_dump_json()
    assert "A-101" not in left.model_dump_json()
    assert (left.incident_id, left.location.building) == (whole.incident_id, "HORST")


def test_who_must_help_is_told_the_room() -> None:
    report = Incident.model_validate(REPORT | {"kind": "medical", "confidentiality": "confidential"})
    left = confidential.bare(incident(report, reception()), "Social safety")
    assert SECRET not in left.model_dump_json()
    assert left.location.room == "A-101"


def test_the_advisers_read_all_of_it() -> None:
    whole = incident(Incident.model_validate(REPORT | {"kind": "social_safety"}), reception())
    read = confidential.text(whole)
    for part in (f"About {SECRET}", f"{SECRET} said", '"who"', f"https://files.test/{SECRET}"):
        assert part in read


def leaves(veil: Veil = VEIL, **fields: object) -> IncidentReported:
    """What leaves intake of a report."""
    whole = incident(Incident.model_validate({"kind": "social_safety"} | fields), reception())
    return confidential.bare(veil.over(whole), "Social safety")


def test_that_it_is_over_finds_the_report_without_its_name() -> None:
    report, over = leaves(external_id=SECRET), leaves(external_id=SECRET, clears=SECRET)
    assert report.dedup_key == over.clears is not None
    assert (report.clears, over.dedup_key) == (None, None)
    assert SECRET not in report.model_dump_json() + over.model_dump_json()


def test_that_another_is_over_does_not_find_it() -> None:
    assert leaves(external_id=SECRET).dedup_key != leaves(clears="another").clears is not None


def test_without_the_secret_nobody_can_try_which_name_it_is() -> None:
    assert leaves(external_id=SECRET).dedup_key != leaves(Veil("another secret"), external_id=SECRET).dedup_key


def test_an_incident_id_is_cleared_as_it_is() -> None:
    id_ = str(leaves(external_id=SECRET).incident_id)
    assert leaves(clears=id_).clears == id_


def test_a_resolved_alert_finds_the_confidential_one_that_fired() -> None:
    def alerted(status: str) -> IncidentReported:
        alert = {"status": status, "labels": {"kind": "social_safety", "who": SECRET}, "fingerprint": SECRET}
        sent = AlertmanagerNotification.model_validate({"alerts": [alert]})
        (whole,) = normalise_alerts.alerts(sent, reception("monitoring"))
        return confidential.bare(VEIL.over(whole), "Social safety")

    fired, resolved = alerted("firing"), alerted("resolved")
    assert fired.dedup_key == resolved.clears is not None
    assert SECRET not in fired.model_dump_json() + resolved.model_dump_json()


def test_a_name_that_was_not_veiled_stays_behind_and_what_is_over_is_no_alarm() -> None:
    report = Incident.model_validate({"kind": "social_safety", "external_id": SECRET})
    bare = confidential.bare(incident(report, reception()), "Social safety")
    assert (bare.dedup_key, bare.clears) == (None, None)
    over = confidential.bare(incident(report.model_copy(update={"clears": SECRET}), reception()), "Social safety")
    assert over.clears is not None
    assert SECRET not in over.model_dump_json()
