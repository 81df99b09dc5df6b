"""A general report becomes an incident; what it leaves out follows from its kind."""

from uuid import uuid4

import pytest

from services.intake.kinds import DEFAULTS
from services.intake.models import Incident
from services.intake.normalise_incident import incident
from shared.events import IncidentReported
from shared.words import Category, Confidentiality, Kind, Severity, Urgency
from tests.unit.intake.reports import FRESH, NOW, reception


def reported(by: str = "sky-walker", **fields: object) -> IncidentReported:
    return incident(Incident.model_validate({"kind": "other"} | fields), reception(by))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_says_what_is_left_out(kind: Kind) -> None:
    found = reported(kind=kind)
    assert (found.category, found.severity) == (DEFAULTS[kind].category, DEFAULTS[kind].severity)
    assert found.title


def test_what_the_source_says_holds() -> None:
    found = reported(kind="gas", severity="minor", category="crisis", urgency="future", title="Smell", drill=True)
    assert (found.severity, found.category, found.urgency) == (Severity.MINOR, Category.CRISIS, Urgency.FUTURE)
    assert (found.title, found.drill) == ("Smell", True)


def test_a_repeat_is_the_same_incident_for_the_same_system_alone() -> None:
    def named(system: str) -> IncidentReported:
        return reported(source={"system": system, "external_id": "9"})

    assert named("a").incident_id == named("a").incident_id
    assert named("a").incident_id != named("b").incident_id


@pytest.mark.parametrize("name", [{"external_id": "9"}, {"incident_id": "9"}, {"source": {"external_id": "9"}}])
def test_the_name_may_stand_where_other_endpoints_have_it(name: dict[str, object]) -> None:
    assert reported("sky-walker", **name).incident_id == reported(source={"external_id": "9"}).incident_id != FRESH


def test_a_report_that_clears_is_another_incident_than_the_one_it_clears() -> None:
    opened, over = reported(external_id="9"), reported(external_id="9", clears="9")
    assert opened.incident_id != over.incident_id
    assert over.clears == opened.dedup_key
    assert over.severity is Severity.MINOR


def test_an_incident_id_is_cleared_as_it_is() -> None:
    id_ = uuid4()
    assert reported(clears=str(id_)).clears == str(id_)


def test_a_key_clears_nothing_of_another_source() -> None:
    assert reported("galaxy", clears="9").clears != reported("sky-walker", external_id="9").dedup_key


def test_social_safety_is_confidential_whoever_reports_it() -> None:
    assert reported(kind="social_safety").confidentiality is Confidentiality.CONFIDENTIAL
    assert reported(kind="medical").confidentiality is Confidentiality.INTERNAL


def test_it_happened_now_when_nobody_says_when() -> None:
    assert reported().occurred_at == reported().received_at == NOW


def test_details_stay_and_fields_nobody_knows_are_beside_them() -> None:
    assert reported(details={"depth": 3}, colour="red").details == {"depth": 3, "raw": {"colour": "red"}}


def test_where_the_source_knows_better_it_is_believed() -> None:
    where = reported(location={"lat": 52.2365, "lon": 6.8585, "on_campus": False}).location
    assert (where.building, where.on_campus) == ("HORST", False)
