"""A general report becomes an incident; what it leaves out follows from its kind."""

import pytest

from services.intake.kinds import DEFAULTS
from services.intake.models import Incident
from services.intake.normalise_incident import incident
from shared.events import IncidentReported
from shared.words import Category, Confidentiality, Kind, Severity, Urgency
from tests.unit.intake.reports import FRESH, NOW, reception

RANDOM = "550e8400-e29b-41d4-a716-446655440000"
RISING = "018f0c1e-7b7a-7c3e-9b1a-2f6a4e5d6c7b"  # version 7
HASH = "d41d8cd98f005204a9800998ecf8427e"  # Python reads 32 digits as a UUID too, this one even of version 5


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


def test_an_all_clear_that_repeats_the_id_as_its_own_clears_it() -> None:
    id_ = str(reported().incident_id)
    assert reported(incident_id=id_, clears=id_).clears == id_


@pytest.mark.parametrize("name", [{}, {"external_id": "9"}, {"external_id": RANDOM}])
def test_the_id_that_a_source_was_given_is_cleared_as_it_is(name: dict[str, object]) -> None:
    id_ = reported("sky-walker", **name).incident_id
    assert reported(clears=str(id_)).clears == str(id_)
    assert reported(clears=str(id_).upper()).clears == str(id_)


@pytest.mark.parametrize("named", ["external_id", "dedup_key", "incident_id"])
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("name", [RANDOM, RISING, HASH])
def test_a_source_that_names_its_events_by_uuid_clears_them_by_name(name: str, own: bool, named: str) -> None:
    alarm: dict[str, object] = {named: name}
    over = reported("sky-walker", **(alarm if own else {"external_id": "another"}) | {"clears": name})
    assert over.clears == reported("sky-walker", **alarm).dedup_key


def test_a_name_that_could_be_an_id_of_ours_is_a_name_when_the_report_itself_bears_it() -> None:
    name = str(reported(external_id="9").incident_id)
    assert reported(external_id=name, clears=name).clears == reported(external_id=name).dedup_key


def test_every_id_that_we_give_can_be_told_from_a_random_one() -> None:
    assert reported().incident_id.version == reported(external_id="9").incident_id.version == 5


@pytest.mark.parametrize("clears", ["", "  "])
def test_an_empty_clears_says_nothing(clears: str) -> None:
    assert reported(kind="gas", external_id="9", clears=clears) == reported(kind="gas", external_id="9")


def test_a_key_clears_nothing_of_another_source() -> None:
    assert reported("galaxy", clears="9").clears != reported("sky-walker", external_id="9").dedup_key


@pytest.mark.parametrize("said", [None, *Confidentiality])
def test_social_safety_is_confidential_whatever_its_source_says(said: Confidentiality | None) -> None:
    assert reported(kind="social_safety", confidentiality=said).confidential


@pytest.mark.parametrize("said", Confidentiality)
def test_of_other_kinds_the_source_says_who_may_see_it(said: Confidentiality) -> None:
    assert reported(kind="medical", confidentiality=said).confidentiality is said
    assert reported(kind="medical").confidentiality is Confidentiality.INTERNAL


def test_it_happened_now_when_nobody_says_when() -> None:
    assert reported().occurred_at == reported().received_at == NOW


def test_details_stay_and_fields_nobody_knows_are_beside_them() -> None:
    assert reported(details={"depth": 3}, colour="red").details == {"depth": 3, "raw": {"colour": "red"}}


def test_where_the_source_knows_better_it_is_believed() -> None:
    where = reported(location={"lat": 52.2365, "lon": 6.8585, "on_campus": False}).location
    assert (where.building, where.on_campus) == ("HORST", False)
