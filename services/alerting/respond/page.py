"""One page by its signed link, without log-in: what it is about, and the answer to it."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.alerting import api_pages, store_read
from services.alerting.channels.tablet import Tablets
from services.alerting.decide import Decider
from services.alerting.facts import Facts
from services.alerting.respond import answer, live, who
from services.alerting.respond.read import Scenes
from services.alerting.respond.view import Card, card_of
from services.alerting.respond.who import HOME
from shared import clock, problems
from shared.auth import Auth
from shared.db import Pool
from shared.i18n import language_of
from shared.pages import Pages
from shared.problems import Problem


@dataclass(frozen=True, slots=True)
class OnePage:
    """A page for whoever holds its link, for its member, and for an operator who answers on behalf."""

    pool: Pool
    scenes: Scenes
    decider: Decider
    tablets: Tablets
    facts: Facts
    auth: Auth
    pages: Pages

    async def show(self, request: Request, page_id: UUID) -> Response:
        """The card on a page of its own; a link that is not right says so in words."""
        if "token" not in request.query_params and self.auth.person(request) is None:
            return who.to_log_in(f"{HOME}/{page_id}")
        try:
            card = await self._card(request, page_id)
        except Problem as problem:
            return self._refused(request, problem, back="")
        return self.pages.render(
            request,
            "respond.html",
            cards=[card],
            token=_token(request),
            page_id=page_id,
            zone=self.facts.timezone.key,
        )

    async def fragment(self, request: Request, page_id: UUID) -> Response:
        """The card alone, for the script."""
        card = await self._card(request, page_id)
        return self.pages.render(request, "respond_cards.html", cards=[card], token=_token(request))

    async def live(self, request: Request, page_id: UUID) -> Response:
        """The stream of the page's member."""
        await who.may_answer(self.pool, self.auth, request, page_id)
        async with self.pool.acquire(timeout=3) as tx:
            owner = await store_read.owner_of_page(tx, page_id)
        if owner is None:
            raise _unknown()
        return live.stream(request, self.tablets, owner.member_id)

    async def answer(self, request: Request, page_id: UUID) -> Response:
        """As JSON it gives the page; as a form it leads back to where it was pressed, or says why not."""
        token = _token(request)
        back = f"{HOME}/{page_id}?token={quote(token)}" if token else HOME
        try:
            by = await who.may_answer(self.pool, self.auth, request, page_id)
            back = back if by is None else f"{HOME}/{page_id}"
            body = await answer.read(request)
            taken = await api_pages.take_answer(self.decider, page_id, body, by)
        except Exception as error:
            problem = problems.problem_of(error)
            if problem is None or answer.is_json(request):
                raise
            return self._refused(request, problem, back)
        if answer.is_json(request):
            return answer.as_json(taken)
        return RedirectResponse(back, HTTPStatus.SEE_OTHER)

    def _refused(self, request: Request, problem: Problem, back: str) -> Response:
        """What is wrong in words, with the headers that tell a program the same."""
        answer = self.pages.render(request, "respond_refused.html", int(problem.status), problem=problem, back=back)
        answer.headers.update(problem.headers)
        return answer

    async def _card(self, request: Request, page_id: UUID) -> Card:
        by = await who.may_answer(self.pool, self.auth, request, page_id)
        found = await self.scenes.of_page(page_id)
        if found is None:
            raise _unknown()
        scene, page = found
        card = card_of(scene, page, self.facts, language_of(request), clock.now())
        return card if by is None else replace(card, unseen=False)  # that an operator sees it is no receipt


def _token(request: Request) -> str:
    return request.query_params.get("token", "")


def _unknown() -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "no such page")
