"""A confidential report leaves nothing on the topics that tells about whom it is."""

from services.intake import confidential
from services.intake.models import Incident
from services.intake.normalise_incident import incident
from tests.unit.intake.reports import reception

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
    left = confidential.bare(whole, "Confidential report")
    assert SECRET not in left.model_dump_json()
    assert "A-101" not in left.model_dump_json()
    assert (left.incident_id, left.location.building) == (whole.incident_id, "HORST")


def test_who_must_help_is_told_the_room() -> None:
    report = Incident.model_validate(REPORT | {"kind": "medical", "confidentiality": "confidential"})
    left = confidential.bare(incident(report, reception()), "Confidential report")
    assert SECRET not in left.model_dump_json()
    assert left.location.room == "A-101"


def test_the_advisers_read_all_of_it() -> None:
    whole = incident(Incident.model_validate(REPORT | {"kind": "social_safety"}), reception())
    read = confidential.text(whole)
    for part in (f"About {SECRET}", f"{SECRET} said", '"who"', f"https://files.test/{SECRET}"):
        assert part in read
