"""What the monitor page shows: alarms in order of priority, who is coming, the latest incidents, the map."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.reporting import read
from services.reporting.campus_map import Map, draw
from services.reporting.read import Filter
from services.reporting.views import AlertItem, IncidentView, PageView
from shared.campus import Campus
from shared.db import Connection
from shared.words import Answer, Language, PageState

LATEST = 15


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody on the way to an alert or there; `due_at` is when he said he would arrive."""

    page: PageView
    alert: AlertItem
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """One reader's picture; `waiting` counts the real alarms that nobody has acknowledged."""

    alarms: tuple[AlertItem, ...]
    coming: tuple[Comer, ...]
    incidents: tuple[IncidentView, ...]
    map: Map
    waiting: int


async def board(db: Connection, campus: Campus, building: str | None, language: Language, all_rows: bool) -> Board:
    """The board, narrowed to a building if one is given; the map and the count show the whole campus."""
    everywhere = await read.open_alerts(db, all_rows)
    alarms = in_order([a for a in everywhere if building in (None, a.building)])
    pages = await read.pages_of(db, [a.alert_id for a in alarms], all_rows)
    incidents = await read.newest_incidents(db, Filter(building=building), None, LATEST, all_rows)
    return Board(
        alarms=tuple(alarms),
        coming=tuple(comers(alarms, pages)),
        incidents=tuple(incidents),
        map=draw(campus, everywhere, language),
        waiting=sum(1 for a in everywhere if not a.acknowledged_by and not a.drill),
    )


def in_order(alerts: Sequence[AlertItem]) -> list[AlertItem]:
    """Real before drill, grave before light, unacknowledged before acknowledged, then the oldest first."""
    return sorted(alerts, key=lambda a: (a.drill, -a.severity.rank, a.acknowledged_by is not None, a.opened_at))


def comers(alerts: Sequence[AlertItem], pages: Sequence[PageView]) -> list[Comer]:
    """Who said he is coming or has arrived and was not stood down: first the next to arrive, then those there."""
    by_id: dict[UUID, AlertItem] = {a.alert_id: a for a in alerts}
    there = [p for p in pages if p.answer in (Answer.COMING, Answer.ARRIVED) and p.state is not PageState.STOOD_DOWN]
    found = [Comer(p, by_id[p.alert_id], _due(p)) for p in there]
    return sorted(found, key=lambda c: (c.page.answer is Answer.ARRIVED, c.due_at is None, c.due_at, c.page.member))


def _due(page: PageView) -> datetime | None:
    if page.answer is not Answer.COMING or page.answered_at is None or page.eta_s is None:
        return None
    return page.answered_at + timedelta(seconds=page.eta_s)
