"""The JSON API under /monitor/v1: incidents, alerts and buildings as the views have them."""

from http import HTTPStatus
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.reporting import read
from services.reporting.buildings import buildings
from services.reporting.read import Filter
from services.reporting.views import AlertItem, AlertView, BuildingView, IncidentView, Listing
from shared.auth import READERS, Auth, Person
from shared.campus import Campus
from shared.cursor import HIGHEST, Place, after_place, after_revision, read_place, read_revision
from shared.database import Database
from shared.i18n import language_of
from shared.openapi import refusals
from shared.problems import Problem
from shared.words import AlertState, Severity

T = TypeVar("T")

Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=500, description="Items on a page.")]
Since = Annotated[int | None, Query(ge=0, le=HIGHEST, description="What changed after this revision, in that order.")]
Family = Annotated[str | None, Query(description="A kind, or its family: `fire` for fire.alarm and others.")]
Code = Annotated[str | None, Query(description="A building's code.")]


def router(database: Database, auth: Auth, campus: Campus) -> APIRouter:
    """Every role but a responder may read; confidential rows are for advisers and admins."""
    api = APIRouter(prefix="/monitor/v1", tags=["views"], responses=refusals(401, 403, 503))
    Reader = Annotated[Person, Depends(auth.require(READERS))]

    @api.get("/incidents", responses=refusals(422))
    async def incidents(
        person: Reader,
        since: Since = None,
        kind: Family = None,
        building: Code = None,
        severity: Severity | None = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Listing[IncidentView]:
        """Incidents, newest first; with `since` those that changed after it, in the order of their revisions."""
        only = Filter(kind, building and building.upper(), severity)
        async with database.pool.acquire() as db:
            if since is not None:
                after = read_revision(cursor, since)
                changed = await read.changed_incidents(db, only, after, limit + 1, person.sees_confidential)
                more = after_revision(changed[limit - 1].revision) if len(changed) > limit else None
                return Listing(items=changed[:limit], next=more)
            found = await read.newest_incidents(db, only, read_place(cursor), limit + 1, person.sees_confidential)
        last = found[limit - 1] if len(found) > limit else None
        return Listing(
            items=found[:limit], next=after_place(Place(last.received_at, last.incident_id)) if last else None
        )

    @api.get("/incidents/{incident_id}", responses=refusals(404, 422))
    async def incident(person: Reader, incident_id: UUID) -> IncidentView:
        """One incident."""
        async with database.pool.acquire() as db:
            return _there(await read.incident(db, incident_id, person.sees_confidential), "incident")

    @api.get("/alerts", responses=refusals(422))
    async def alerts(
        person: Reader,
        state: AlertState | None = None,
        building: Code = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Listing[AlertItem]:
        """Alerts, newest first, without pages and timeline."""
        async with database.pool.acquire() as db:
            found = await read.newest_alerts(
                db, state, building and building.upper(), read_place(cursor), limit + 1, person.sees_confidential
            )
        last = found[limit - 1] if len(found) > limit else None
        return Listing(items=found[:limit], next=after_place(Place(last.opened_at, last.alert_id)) if last else None)

    @api.get("/alerts/{alert_id}", responses=refusals(404, 422))
    async def alert(person: Reader, alert_id: UUID) -> AlertView:
        """One alert with its pages and its timeline."""
        async with database.pool.acquire() as db:
            return _there(await read.alert(db, alert_id, person.sees_confidential), "alert")

    @api.get("/buildings")
    async def all_buildings(request: Request, person: Reader) -> Listing[BuildingView]:
        """The buildings of the campus file, each with its buddies in order and its open alerts."""
        async with database.pool.acquire() as db:
            open_alerts = await read.open_alerts(db, person.sees_confidential)
        return Listing(items=buildings(campus, open_alerts, language_of(request)))

    return api


def _there(row: T | None, what: str) -> T:
    if row is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"no such {what}")
    return row
