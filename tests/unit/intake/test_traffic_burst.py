"""Form reports beyond the usual rate page once, not once each; what is reported at the usual rate pages by itself."""

from pathlib import Path
from uuid import uuid4

from services.alerting.core.fold import fold
from services.alerting.core.scene import Scene
from services.alerting.facts import facts_of
from services.intake import forms, normalise
from services.intake.models import Place, TrafficAccident
from services.intake.reception import Reception
from shared import campus
from shared.events import IncidentReported
from tests.unit.intake.reports import NOW

PLACES = campus.load(Path("deploy/campus"))
FACTS = facts_of(PLACES)


def report(injured: int = 0, building: str | None = None) -> IncidentReported:
    """An accident that the form reported."""
    place = Place(text="Hallenweg", building=building)
    accident = TrafficAccident(place=place, occurred_at=NOW, injured=injured)
    return normalise.traffic_accident(accident, Reception(forms.SOURCE, NOW, PLACES, uuid4))


def alerts(incidents: list[IncidentReported]) -> int:
    """How many alerts they open."""
    return len(fold(Scene(FACTS.plans, FACTS.timezone, (), FACTS.buildings, {}, frozenset()), incidents, NOW))


def test_reports_at_the_usual_rate_are_alerts_of_their_own() -> None:
    assert alerts([report() for _ in range(3)]) == 3


def test_reports_beyond_the_usual_rate_are_one_alert() -> None:
    assert alerts([forms.burst(report()) for _ in range(30)]) == 1


def test_somebody_hurt_in_a_burst_is_an_alert_apart_from_the_accidents_without_injury() -> None:
    assert alerts([forms.burst(report(injured)) for injured in (0, 1, 0, 2)]) == 2


def test_a_burst_outdoors_does_not_vanish_in_the_alert_of_a_building() -> None:
    assert alerts([forms.burst(report(building="HORST")), forms.burst(report())]) == 2


def test_a_report_of_a_burst_is_marked_and_keeps_what_it_says() -> None:
    before = report()
    after = forms.burst(before)
    assert after.details == {**before.details, "burst": True}
    assert (after.incident_id, after.title) == (before.incident_id, before.title)
