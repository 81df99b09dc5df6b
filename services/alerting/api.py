"""Alerts over HTTP: look, and what an operator may do."""

import base64
import binascii
import json
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.alerting import shapes, store_read
from services.alerting.core import operator
from services.alerting.core.model import Alert, Decision
from services.alerting.decide import Decider
from services.alerting.shapes import CloseIn
from shared.auth import OPERATORS, READERS, Auth, Person
from shared.db import Pool
from shared.problems import Problem
from shared.words import AlertState, Confidentiality, Role

LIMIT = 100


def router(pool: Pool, decider: Decider, auth: Auth) -> APIRouter:
    """Everything under /alerting/v1/alerts."""
    api = APIRouter(prefix="/alerting/v1", tags=["alerts"])
    reader = Depends(auth.require(READERS))
    acting = Depends(auth.require(OPERATORS))

    @api.get("/alerts")
    async def alerts(
        state: AlertState | None = None,
        building: str | None = None,
        cursor: Annotated[str | None, Query(description="`next` of the former answer")] = None,
        person: Person = reader,
    ) -> dict[str, Any]:
        """Alerts, newest first, without pages and timeline."""
        async with pool.acquire() as tx:
            code = building.upper() if building else None
            found = await store_read.alerts_page(tx, state, code, _before(cursor), LIMIT)
        items = [shapes.alert_out(alert, whole=False) for alert in found if may_see(person, alert)]
        return {"items": items, "next": _cursor(found[-1]) if len(found) == LIMIT else None}

    @api.get("/alerts/{alert_id}")
    async def one(alert_id: UUID, person: Person = reader) -> dict[str, Any]:
        """One alert with its pages and the reason of each decision."""
        return await _shape(pool, alert_id, person)

    def action(name: str, rule_of: Any) -> None:
        @api.post(f"/alerts/{{alert_id}}/{name}", name=name, operation_id=name.replace("-", "_"))
        async def act(alert_id: UUID, person: Person = acting) -> dict[str, Any]:
            _found(await decider.on_alert(alert_id, rule_of(person.name)))
            return await _shape(pool, alert_id, person)

        act.__doc__ = f"{name}: by an operator; answers with the alert. Doing it twice changes nothing."

    action("acknowledge", lambda by: lambda alert, now, _: operator.acknowledge(alert, by, now))
    action("escalate", lambda by: lambda alert, now, busy: operator.escalate(alert, by, now, busy))
    action("stand-down", lambda by: lambda alert, now, _: operator.stand_down(alert, by, now))

    @api.post("/alerts/{alert_id}/close")
    async def close(alert_id: UUID, body: CloseIn, person: Person = acting) -> dict[str, Any]:
        """Close with a reason; everyone still on the way is told. A closed alert stays closed."""
        _found(await decider.on_alert(alert_id, lambda a, now, _: operator.close(a, person.name, body.reason, now)))
        return await _shape(pool, alert_id, person)

    return api


def may_see(person: Person, alert: Alert) -> bool:
    """Confidential alerts are the advisers' (and the admin's) alone."""
    return alert.confidentiality is not Confidentiality.CONFIDENTIAL or person.role in (Role.ADVISER, Role.ADMIN)


async def _shape(pool: Pool, alert_id: UUID, person: Person) -> dict[str, Any]:
    async with pool.acquire() as tx:
        alerts = await store_read.read_alerts(tx, [alert_id])
        lines = await store_read.timeline(tx, alert_id)
    if not alerts or not may_see(person, alerts[0]):
        raise Problem(HTTPStatus.NOT_FOUND, "no such alert")
    return shapes.alert_out(alerts[0], lines)


def _found(decision: Decision | None) -> Decision:
    if decision is None:
        raise Problem(HTTPStatus.NOT_FOUND, "no such alert or page")
    return decision


def _cursor(alert: Alert) -> str:
    return base64.urlsafe_b64encode(json.dumps([alert.opened_at.isoformat(), str(alert.alert_id)]).encode()).decode()


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    try:
        at, alert_id = json.loads(base64.urlsafe_b64decode(cursor))
        return datetime.fromisoformat(at), UUID(str(alert_id))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        detail = "take the value of `next` as it came"
        problem = {"field": "cursor", "detail": detail}
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the cursor is not one of ours", [problem]) from error
