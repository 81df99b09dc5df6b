"""Pages over HTTP: answers and delivery receipts."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from services.alerting import shapes, store_read
from services.alerting.core import answers
from services.alerting.core.model import Alert, Decision, Page
from services.alerting.decide import Decider
from services.alerting.marks import Marks
from services.alerting.shapes import AnswerIn
from shared import metrics
from shared.auth import OPERATORS, Auth
from shared.db import Pool
from shared.openapi import WORDS, refusals
from shared.problems import Problem

REFUSALS = {**WORDS, 401: "Not logged in, no admin token, and not the answer link of the page."}


def router(pool: Pool, decider: Decider, marks: Marks, auth: Auth) -> APIRouter:
    """Everything under /alerting/v1/pages."""
    common = refusals(401, 403, 404, 413, 422, 503, words=REFUSALS)
    api = APIRouter(prefix="/alerting/v1", tags=["pages"], responses=common)

    @api.post("/pages/{page_id}/answer", responses=refusals(400))
    async def answer(page_id: UUID, body: AnswerIn, request: Request) -> dict[str, Any]:
        """By the member, by an operator on behalf, or with the page's signed token. A repeat changes nothing."""
        by = await who_answers(pool, auth, request, page_id)
        return await take_answer(decider, page_id, body, by)

    @api.post("/pages/{page_id}/receipt")
    async def receipt(page_id: UUID, request: Request) -> dict[str, Any]:
        """The tablet shows this page: its delivery receipt."""
        await who_answers(pool, auth, request, page_id)
        page = await marks.receipt(page_id)
        if page is None:
            raise Problem(HTTPStatus.NOT_FOUND, "no such page")
        return shapes.page_out(page)

    return api


async def take_answer(decider: Decider, page_id: UUID, body: AnswerIn, by: str | None) -> dict[str, Any]:
    """Record an answer and give the page back; `by` is the operator who answered for the member."""
    reply = answers.Reply(page_id, body.answer, body.eta_s, by)

    def rule(alert: Alert, now: datetime, busy: frozenset[str]) -> Decision:
        return answers.on_answer(alert, reply, now, busy)

    decision = await decider.on_page(page_id, rule)
    if decision is None:
        raise Problem(HTTPStatus.NOT_FOUND, "no such page")
    if decision.changed:
        metrics.ANSWERS.labels(body.answer.value).inc()
    return shapes.page_out(page_in(decision.alert, page_id))


def page_in(alert: Alert, page_id: UUID) -> Page:
    """The page of that id, which the alert has."""
    return next(page for page in alert.pages if page.page_id == page_id)


async def who_answers(pool: Pool, auth: Auth, request: Request, page_id: UUID) -> str | None:
    """None for the member himself, on behalf the name of an operator, or of an adviser where it is confidential.

    401 or 403 for anybody else; 404 for an operator's page that is not there, or not for the control room.
    """
    if auth.signed(page_id, request.query_params.get("token", "")):
        return None
    person = auth.person(request)
    if person is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "log in, or use the answer link of the page")
    async with pool.acquire(timeout=3) as tx:
        owner = await store_read.owner_of_page(tx, page_id)
    if owner is not None and owner.member_id == person.member_id:
        return None
    if owner is not None and owner.confidential and person.sees_confidential:
        return person.name
    if person.role not in OPERATORS:
        raise Problem(HTTPStatus.FORBIDDEN, "this is another member's page")
    if owner is None or owner.confidential:
        raise Problem(HTTPStatus.NOT_FOUND, "no such page")
    return person.name
