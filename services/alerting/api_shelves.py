"""Shelving over HTTP: what pages nobody for a while, and who said so."""

from dataclasses import asdict
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.alerting import api, shapes, shelves, store_read
from services.alerting.core import operator
from services.alerting.decide import Decider
from services.alerting.facts import Facts
from services.alerting.shapes import ShelfIn, ShelveIn
from services.alerting.shelves import Shelf
from shared import clock, db
from shared.auth import OPERATORS, READERS, Auth, Person
from shared.db import Pool
from shared.openapi import refusals
from shared.problems import Problem, bad_fields

NO_DEVICE = {409: "No device is named in this alert: shelve its source or its building."}


def router(pool: Pool, decider: Decider, facts: Facts, auth: Auth) -> APIRouter:
    """`/alerting/v1/shelved`, and the shelving of an alert's sources."""
    routes = APIRouter(prefix="/alerting/v1", tags=["shelving"], responses=refusals(401, 403, 503))
    acting = Depends(auth.require(OPERATORS))
    _shelves(routes, pool, facts, Depends(auth.require(READERS)), acting)
    _of_alert(routes, pool, decider, acting)
    return routes


def _shelves(routes: APIRouter, pool: Pool, facts: Facts, reader: Any, acting: Any) -> None:
    @routes.get("/shelved", dependencies=[reader])
    async def shelved() -> dict[str, Any]:
        """What is shelved now; what ends first is first."""
        async with pool.acquire() as tx:
            found = await shelves.shelved(tx, clock.now())
        return {"items": [asdict(shelf) for shelf in found], "next": None}

    @routes.post("/shelved", status_code=201, responses=refusals(400, 413, 422))
    async def shelve(body: ShelfIn, person: Person = acting) -> dict[str, Any]:
        """Shelve a source, a building in maintenance, or with both a source in that building alone.

        It records and pages nobody until the time is over.
        """
        found = facts.campus.building(body.building) if body.building else None
        if body.building and found is None:
            raise bad_fields({"field": "building", "detail": f"no building {body.building} in the campus file"})
        shelf = _shelf(body, person, clock.now(), body.source, found.code if found else None)
        async with db.transaction(pool) as tx:
            await shelves.shelve(tx, [shelf])
        return asdict(shelf)

    @routes.delete("/shelved/{shelf_id}", status_code=204, responses=refusals(404, 422))
    async def end(shelf_id: UUID, _: Person = acting) -> Response:
        """Take it off the shelf before its time: it pages again."""
        async with db.transaction(pool) as tx:
            if not await shelves.end(tx, shelf_id, clock.now()):
                raise Problem(HTTPStatus.NOT_FOUND, "nothing of this id is shelved")
        return Response(status_code=204)


def _of_alert(routes: APIRouter, pool: Pool, decider: Decider, acting: Any) -> None:
    refused = refusals(400, 404, 413, 422) | refusals(409, words=NO_DEVICE)

    @routes.post("/alerts/{alert_id}/shelve", responses=refused)
    async def shelve_alert(alert_id: UUID, body: ShelveIn, person: Person = acting) -> dict[str, Any]:
        """Shelve the devices whose incidents are in the alert, in its building alone: others bear the same names.

        The alert itself goes on until it is closed.
        """
        async with db.transaction(pool) as tx:
            alerts = await store_read.lock_alerts(tx, [alert_id])
            if not alerts:
                raise api.no_such_alert()
            api.check(person, alerts[0])
            sources = [] if alerts[0].confidential else await shelves.sources_of(tx, alert_id)
            if not sources:
                raise Problem(HTTPStatus.CONFLICT, "no device is named in this alert: shelve its source or building")
            now = clock.now()
            shelf_of = [_shelf(body, person, now, source, alerts[0].building) for source in sources]
            await shelves.shelve(tx, shelf_of)
            decision = operator.shelve(alerts[0], person.name, sources, shelf_of[0].until, body.reason, now)
            after = await decider.save(tx, alerts, [decision], now, now)
            lines = await store_read.timeline(tx, alert_id)
        after()
        return shapes.alert_out(decision.alert, lines)


def _shelf(body: ShelveIn, person: Person, now: datetime, source: str | None, building: str | None) -> Shelf:
    until = now + timedelta(seconds=body.for_s)
    return Shelf(clock.new_id(), source, building, body.reason, person.name, now, until)
