"""What is acknowledged can be read by everybody behind: no time and no nesting beyond what they can take."""

import pytest
from pydantic import TypeAdapter

from services.intake import batch, normalise_incident
from services.intake.batch import Many
from services.intake.models import Incident
from shared.events import EARLIEST, LATEST, IncidentReported, Moment
from shared.problems import Problem
from tests.unit.intake.reports import reception

TIME = TypeAdapter(Moment)


@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.999999Z"],
)
def test_a_clock_gone_mad_is_flagged_and_its_time_can_be_kept(at: str) -> None:
    found = batch.read(Incident, b'{"kind": "gas", "occurred_at": "%s"}' % at.encode(), "application/json")
    assert isinstance(found, Incident)
    incident = normalise_incident.incident(found, reception())
    assert EARLIEST <= incident.occurred_at <= LATEST
    assert "clock_off_s" in incident.details


def test_an_ordinary_time_keeps_its_offset() -> None:
    assert TIME.validate_python("2026-03-02T14:03:09+01:00").isoformat() == "2026-03-02T14:03:09+01:00"


def sent(body: bytes, content_type: str) -> Incident | Problem:
    try:
        found = batch.read(Incident, body, content_type)
    except Problem as problem:
        return problem
    return next(iter(found.items)) if isinstance(found, Many) else found


@pytest.mark.parametrize("depth", [10, 150, 180, 188, 195, 198, 199, 200, 5000])
@pytest.mark.parametrize("field", ['"x"', '"details": {"x"'])
@pytest.mark.parametrize("many", ["", "[", "ndjson"])
def test_what_is_taken_can_be_read_back_however_deep(depth: int, field: str, many: str) -> None:
    body = f'{{"kind": "gas", {field}: {"[" * depth}{"]" * depth}{"}" * field.count("{")}}}'
    body = f"[{body}]" if many == "[" else body
    report = sent(body.encode(), "application/x-ndjson" if many == "ndjson" else "application/json")
    if isinstance(report, Problem):
        assert (report.status, depth > 180) == (400, True)
        return
    event = normalise_incident.incident(report, reception())
    assert IncidentReported.model_validate_json(event.model_dump_json()).incident_id == event.incident_id
