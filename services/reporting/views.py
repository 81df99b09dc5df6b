"""What readers get of an incident, an alert and a page: the event's fields and the revision of the row."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from shared.events import AlertUpdated, IncidentReported, PageUpdated, TimelineLine
from shared.words import Severity

JSONB = frozenset({"location", "source", "details", "attachments", "needed", "coming"})
T = TypeVar("T", bound=BaseModel)


class IncidentView(IncidentReported):
    """An incident on the monitor; `alert_id` is the first alert that took it up."""

    alert_id: UUID | None
    revision: int


class PageView(PageUpdated):
    """A page on the monitor."""

    revision: int


class AlertItem(AlertUpdated):
    """An alert in a list: without pages and timeline."""

    timeline: tuple[TimelineLine, ...] = Field(default=(), exclude=True)
    revision: int


class AlertView(AlertUpdated):
    """An alert with its pages and every decision about it."""

    pages: tuple[PageView, ...]
    revision: int


class BuildingView(BaseModel):
    """A building of the campus file; `open_alerts` are ids, `polygon` is [lon, lat] in degrees WGS 84, not closed."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    names: dict[str, str]
    on_campus: bool
    buddies: tuple[str, ...]
    open_alerts: tuple[UUID, ...]
    severity: Severity | None
    polygon: tuple[tuple[float, float], ...]


class Listing(BaseModel, Generic[T]):
    """One page of a list; ask again with `?cursor=<next>` until it is null."""

    items: list[T]
    next: str | None = None


def incident_of(row: asyncpg.Record) -> IncidentView:
    """A row of `incidents` with its revision."""
    return IncidentView.model_validate(_values(row))


def page_of(row: asyncpg.Record) -> PageView:
    """A row of `pages` with its revision."""
    return PageView.model_validate(_values(row))


def item_of(row: asyncpg.Record) -> AlertItem:
    """A row of `alerts` with its revision."""
    return AlertItem.model_validate(_values(row))


def alert_of(row: asyncpg.Record, pages: list[asyncpg.Record], lines: Sequence[asyncpg.Record]) -> AlertView:
    """An alert in full; lines in order."""
    return AlertView.model_validate(
        {**_values(row), "pages": [page_of(p) for p in pages], "timeline": [dict(line) for line in lines]}
    )


def _values(row: asyncpg.Record) -> Mapping[str, Any]:
    """asyncpg gives jsonb as text."""
    return {name: json.loads(value) if name in JSONB else value for name, value in row.items()}
