"""Reads what a live stream tells: the changes in a range of revisions, and the whole picture as a snapshot."""

from dataclasses import dataclass

from services.reporting import read
from services.reporting.read import Filter
from services.reporting.views import AlertItem, AlertView, IncidentView, PageView, incident_of, item_of, page_of
from shared.db import Connection
from shared.words import Confidentiality

SNAPSHOT_INCIDENTS = 50
View = IncidentView | AlertItem | PageView


@dataclass(frozen=True, slots=True)
class Heights:
    """Where the revisions stand; a stream below `floor` cannot be resumed."""

    current: int
    floor: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What the monitor shows: open alerts with their pages, the latest incidents, and the revision it is true at."""

    revision: int
    alerts: tuple[AlertItem, ...]
    pages: tuple[PageView, ...]
    incidents: tuple[IncidentView, ...]


async def heights(db: Connection) -> Heights:
    """The latest revision and the floor."""
    row = await db.fetchrow("SELECT current, floor FROM revision")
    if row is None:
        raise LookupError("the table reporting.revision has lost its row")
    return Heights(row["current"], row["floor"])


async def changes(db: Connection, after: int, upto: int, limit: int) -> list[View]:
    """The rows whose last change lies in (after, upto], in the order of their revisions, at most `limit` of each."""
    incidents = await db.fetch(
        """
        SELECT i.*, c.revision FROM changes c JOIN incidents i ON i.incident_id = c.id
        WHERE c.entity = 'incident' AND c.revision > $1 AND c.revision <= $2 ORDER BY c.revision LIMIT $3
        """,
        after,
        upto,
        limit,
    )
    alerts = await db.fetch(
        """
        SELECT a.*, c.revision FROM changes c JOIN alerts a ON a.alert_id = c.id
        WHERE c.entity = 'alert' AND c.revision > $1 AND c.revision <= $2 ORDER BY c.revision LIMIT $3
        """,
        after,
        upto,
        limit,
    )
    pages = await db.fetch(
        """
        SELECT p.*, c.revision FROM changes c JOIN pages p ON p.page_id = c.id
        WHERE c.entity = 'page' AND c.revision > $1 AND c.revision <= $2 ORDER BY c.revision LIMIT $3
        """,
        after,
        upto,
        limit,
    )
    views: list[View] = [*map(incident_of, incidents), *map(item_of, alerts), *map(page_of, pages)]
    return sorted(views, key=lambda view: view.revision)


async def picture(db: Connection, all_rows: bool) -> Picture:
    """Everything at one moment; the caller's transaction is REPEATABLE READ."""
    at = await heights(db)
    alerts = await read.open_alerts(db, all_rows)
    pages = await read.pages_of(db, [a.alert_id for a in alerts], all_rows)
    incidents = await read.newest_incidents(db, Filter(), None, SNAPSHOT_INCIDENTS, all_rows)
    return Picture(at.current, tuple(alerts), tuple(pages), tuple(incidents))


def is_confidential(view: View | AlertView) -> bool:
    """Whether only confidential advisers and admins may see it."""
    return view.confidentiality is Confidentiality.CONFIDENTIAL
