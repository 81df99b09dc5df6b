"""The buildings of the campus file with their open alerts."""

from collections.abc import Sequence

from services.reporting.views import AlertItem, BuildingView
from shared.campus import Building, Campus
from shared.words import Language, Severity


def buildings(campus: Campus, alerts: Sequence[AlertItem], language: Language) -> list[BuildingView]:
    """Every building in the order of the campus file; `alerts` are the open ones that the reader may see."""
    return [_building(b, [a for a in alerts if a.building == b.code], language) for b in campus.buildings]


def _building(building: Building, alerts: Sequence[AlertItem], language: Language) -> BuildingView:
    return BuildingView(
        code=building.code,
        name=building.name.read_in(language),
        names={"nl": building.name.nl, "en": building.name.en},
        on_campus=building.on_campus,
        buddies=building.buddies,
        open_alerts=tuple(a.alert_id for a in alerts),
        severity=highest(alerts),
        polygon=building.polygon,
    )


def highest(alerts: Sequence[AlertItem]) -> Severity | None:
    """The gravest severity among alerts; None without any."""
    return max((a.severity for a in alerts), key=lambda severity: severity.rank, default=None)
