"""The fields of the traffic form become an accident, or messages at the fields."""

from datetime import UTC, datetime, timedelta

import pytest

from services.intake import traffic_entry
from services.intake.models import TrafficAccident
from services.intake.traffic_entry import Wrong
from tests.unit.intake.reports import CAMPUS, FRESH, NOW

FORM = {"report_id": [str(FRESH)], "place": ["Hallenweg"], "date": ["2026-03-02"], "time": ["14:00"]}


def read(**changes: list[str]) -> TrafficAccident:
    report_id, report = traffic_entry.read(FORM | changes, CAMPUS, NOW)
    assert report_id == FRESH
    return report


def wrong(**changes: list[str]) -> dict[str, str]:
    with pytest.raises(Wrong) as raised:
        read(**changes)
    return raised.value.messages


def test_the_time_is_the_time_of_the_campus() -> None:
    assert read().occurred_at == datetime(2026, 3, 2, 13, 0, tzinfo=UTC)


def test_everything_filled_in_arrives() -> None:
    report = read(
        parties=["bicycle", "car"], conditions=["wet", "dark"], injured=["2"], crossing=["Drienerlolaan"],
        building=["HORST"], lat=["52,2365"], lon=["6.8585"], text=["Slipped."],
    )  # fmt: skip
    assert (report.parties, report.conditions, report.injured) == (["bicycle", "car"], ["wet", "dark"], 2)
    assert (report.place.building, report.place.lat, report.crossing) == ("HORST", 52.2365, "Drienerlolaan")


def test_an_empty_number_is_nobody_hurt() -> None:
    assert read(injured=[""]).injured == 0


@pytest.mark.parametrize(
    "place", [{"place": [""], "building": ["HORST"]}, {"place": [""], "lat": ["52"], "lon": ["6"]}]
)
def test_a_building_or_a_point_is_a_place(place: dict[str, list[str]]) -> None:
    assert read(**{"place": [""], **place}).place


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"place": [""]}, {"place"}),
        ({"place": [""], "time": [""]}, {"place", "time"}),
        ({"date": ["yesterday"]}, {"date"}),
        ({"time": ["25:00"]}, {"time"}),
        ({"injured": ["two"]}, {"injured"}),
        ({"injured": ["-1"]}, {"injured"}),
        ({"lat": ["52"]}, {"lat"}),
        ({"lat": ["91"], "lon": ["6"]}, {"lat"}),
        ({"building": ["NOWHERE"]}, {"building"}),
        ({"text": ["x" * 5001]}, {"text"}),
        ({"report_id": ["me"]}, {"form"}),
        ({"parties": ["dragon"]}, {"form"}),
        ({"is_admin": ["1"]}, {"form"}),
    ],
)
def test_what_is_not_right_is_told_at_its_field(changes: dict[str, list[str]], fields: set[str]) -> None:
    assert set(wrong(**changes)) == fields


def test_an_accident_that_is_still_to_come_is_a_mistake() -> None:
    later = NOW + timedelta(hours=3)
    assert set(wrong(time=[f"{later:%H:%M}"])) == {"date"}
