"""Alerts over HTTP: look, and what an operator may do."""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.alerting import shapes, store_read
from services.alerting.core import operator
from services.alerting.core.model import Alert, Decision
from services.alerting.decide import Decider, Rule
from services.alerting.shapes import CloseIn, EscalateIn
from shared.auth import ADVISERS, OPERATORS, READERS, Auth, Person
from shared.cursor import Place, after_place, read_place
from shared.db import Pool
from shared.openapi import refusals
from shared.problems import Problem
from shared.words import AlertState

LIMIT = 100


def router(pool: Pool, decider: Decider, auth: Auth) -> APIRouter:
    """Everything under /alerting/v1/alerts."""
    api = APIRouter(prefix="/alerting/v1", tags=["alerts"], responses=refusals(401, 403, 422, 503))
    _looking(api, pool, Depends(auth.require(READERS)))
    _acting(api, pool, decider, Depends(auth.require(OPERATORS | ADVISERS)))
    return api


def _looking(api: APIRouter, pool: Pool, reader: Any) -> None:
    @api.get("/alerts")
    async def alerts(
        state: AlertState | None = None,
        building: str | None = None,
        cursor: Annotated[str | None, Query(max_length=200, description="`next` of the former answer")] = None,
        person: Person = reader,
    ) -> dict[str, Any]:
        """Alerts, newest first, without pages and timeline."""
        code, before = building.upper() if building else None, read_place(cursor)
        async with pool.acquire() as tx:
            found = await store_read.alerts_page(tx, state, code, person.sees_confidential, before, LIMIT + 1)
        items = [shapes.alert_out(alert, whole=False) for alert in found[:LIMIT]]
        last = found[LIMIT - 1] if len(found) > LIMIT else None
        return {"items": items, "next": after_place(Place(last.opened_at, last.alert_id)) if last else None}

    @api.get("/alerts/{alert_id}", responses=refusals(404))
    async def one(alert_id: UUID, person: Person = reader) -> dict[str, Any]:
        """One alert with its pages and the reason of each decision."""
        return await _shape(pool, alert_id, person)


def _acting(api: APIRouter, pool: Pool, decider: Decider, acting: Any) -> None:
    change = partial(_change, pool, decider)

    @api.post("/alerts/{alert_id}/acknowledge", responses=refusals(404, 413))
    async def acknowledge(alert_id: UUID, person: Person = acting) -> dict[str, Any]:
        """Somebody in the control room has seen it. The first who did stays on record."""
        return await change(alert_id, person, lambda alert, now, _: operator.acknowledge(alert, person.name, now))

    @api.post("/alerts/{alert_id}/escalate", responses=refusals(400, 404, 413))
    async def escalate(alert_id: UUID, body: EscalateIn | None = None, person: Person = acting) -> dict[str, Any]:
        """The next step now, whatever the count says. With the `step` that was seen, doing it twice changes nothing."""
        seen = body.step if body else None
        return await change(alert_id, person, lambda a, now, busy: operator.escalate(a, person.name, now, busy, seen))

    @api.post("/alerts/{alert_id}/stand-down", responses=refusals(404, 413))
    async def stand_down(alert_id: UUID, person: Person = acting) -> dict[str, Any]:
        """Nobody is needed any more: all who come or may come are told. Doing it twice changes nothing."""
        return await change(alert_id, person, lambda alert, now, _: operator.stand_down(alert, person.name, now))

    @api.post("/alerts/{alert_id}/close", responses=refusals(400, 404, 413))
    async def close(alert_id: UUID, body: CloseIn, person: Person = acting) -> dict[str, Any]:
        """Close with a reason; everyone still on the way is told. A closed alert stays closed."""
        return await change(alert_id, person, lambda a, now, _: operator.close(a, person.name, body.reason, now))


async def _change(pool: Pool, decider: Decider, alert_id: UUID, person: Person, rule: Rule) -> dict[str, Any]:
    """Apply the rule to an alert that is the person's: the control room's, or of the advisers what is confidential."""

    def seen(alert: Alert, now: datetime, busy: frozenset[str]) -> Decision:
        check(person, alert)
        return rule(alert, now, busy)

    if await decider.on_alert(alert_id, seen) is None:
        raise no_such_alert()
    return await _shape(pool, alert_id, person)


def check(person: Person, alert: Alert) -> None:
    """The control room acts on its alerts, the advisers on what is confidential; 404 or 403 for anybody else."""
    if not _may_see(person, alert):
        raise no_such_alert()
    if not person.acts_on(alert.confidential):
        raise Problem(HTTPStatus.FORBIDDEN, "this alert is the control room's: an operator may do this")


def _may_see(person: Person, alert: Alert) -> bool:
    return person.sees_confidential or not alert.confidential


async def _shape(pool: Pool, alert_id: UUID, person: Person) -> dict[str, Any]:
    async with pool.acquire() as tx:
        alerts = await store_read.read_alerts(tx, [alert_id])
        lines = await store_read.timeline(tx, alert_id)
    if not alerts or not _may_see(person, alerts[0]):
        raise no_such_alert()
    return shapes.alert_out(alerts[0], lines)


def no_such_alert() -> Problem:
    """Also for one that the person may not know of."""
    return Problem(HTTPStatus.NOT_FOUND, "no such alert")
