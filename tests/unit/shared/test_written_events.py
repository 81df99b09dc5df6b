"""An event as the bytes of a record."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.events import IncidentReported, Location, Source
from shared.wire import encode
from shared.words import Category, Kind, Severity

AT = datetime(2026, 1, 1, 12, 30, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "details",
    [{}, {"a": [1, 2.5, None, True, "é\u0001"]}, {"nan": float("nan"), "deep": [{"inf": float("inf")}]}, {"n": 2**80}],
)
def test_an_event_is_written_as_its_model_writes_itself(details: dict[str, object]) -> None:
    event = IncidentReported(
        incident_id=UUID(int=5),
        kind=Kind.GAS,
        category=Category.BUILDINGS_LABS,
        severity=Severity.EXTREME,
        occurred_at=AT,
        received_at=AT,
        location=Location(building="HORST", lat=52.2, lon=6.85),
        source=Source(system="panel"),
        details=details,
    )
    assert encode("incidents.general", "HORST", event, "intake").value == event.model_dump_json().encode()
