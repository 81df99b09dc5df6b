"""The writer's page: one address, every step a POST, nothing kept in the browser, no name asked.

GET -> empty page -> POST start -> the conversation with its number, shown this once
                     POST open (number) -> the conversation
                     POST write -> the conversation
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake import fields as form_fields
from services.intake.chat import form
from services.intake.chat.form import NotYet
from services.intake.chat.sealing import grouped
from services.intake.chat.talk import Chat, Talk
from services.intake.fields import Fields, first
from services.intake.reception import Reception
from services.intake.settings import Settings
from shared import clock, db
from shared.limit import Limit
from shared.pages import Pages
from shared.problems import RETRY_AFTER_S, Problem

SILENT = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
AWAY = "Your message could not be saved. It is still here: send it again in a moment."
MANY = "Very many people write just now. Your message is still here: send it again in a minute."
FOREIGN = "This came from another website, so nothing was sent. Write here instead."
UNKNOWN = "There is no conversation with this number. Look at each digit again."
OURS = ("same-origin", "none")  # Origin tells nothing: our own page has no referrer, so it sends `null`
TRIES = 10  # receipts tried, as a multiple of the chats begun


class ChatPage:
    """The steps of the writer's page."""

    def __init__(self, talk: Talk, pages: Pages, reception: Callable[[], Reception], settings: Settings) -> None:
        self._talk = talk
        self._pages = pages
        self._campus = campus = reception().campus
        self._zone = ZoneInfo(campus.timezone)
        self._reception = reception
        self._keep_days = settings.intake_chat_keep_days
        self._starts = Limit(settings.intake_chat_per_minute)
        self._tries = Limit(settings.intake_chat_per_minute * TRIES)

    def empty(self, request: Request) -> Response:
        """The page that everybody sees first."""
        return self._show(request)

    async def step(self, request: Request) -> Response:
        """Whatever goes wrong, what was written comes back with the page; but nothing that another site sent."""
        if request.headers.get("sec-fetch-site", "none") not in OURS:
            return self._show(request, {}, HTTPStatus.FORBIDDEN, NotYet(FOREIGN))
        values = await form_fields.read(request)
        steps: dict[str, Callable[[Request, Fields], Awaitable[Response]]] = {
            "start": self._start,
            "open": self._open,
            "write": self._write,
        }
        try:
            return await steps.get(first(values, "step"), self._lost)(request, values)
        except NotYet as not_yet:
            return self._show(request, _unnamed(values), HTTPStatus.UNPROCESSABLE_ENTITY, not_yet)
        except (Problem, *db.FAILURES):
            answer = self._show(request, values, HTTPStatus.SERVICE_UNAVAILABLE, NotYet(AWAY))
            answer.headers["retry-after"] = str(RETRY_AFTER_S)
            return answer

    async def _start(self, request: Request, values: Fields) -> Response:
        if not self._starts.take(clock.monotonic()):  # before the text is looked into: that is work
            raise NotYet(MANY)
        asked = form.start(values, self._campus)
        begun = await self._talk.start(asked.start_id, asked.text, asked.building, self._reception())
        if begun is None:
            raise NotYet(form.STALE)
        receipt, chat = begun
        return self._talking(request, receipt, chat, new=True)

    async def _open(self, request: Request, values: Fields) -> Response:
        receipt = self._tried(values)
        return self._found(request, receipt, await self._talk.open(receipt))

    async def _write(self, request: Request, values: Fields) -> Response:
        self._tried(values)
        asked = form.more(values)
        chat = await self._talk.write(asked.receipt, asked.message_id, asked.text, self._reception())
        return self._found(request, asked.receipt, chat)

    async def _lost(self, request: Request, values: Fields) -> Response:  # noqa: ARG002
        raise NotYet(form.STALE)

    def _tried(self, values: Fields) -> str:
        """A receipt, if not too many were tried: guessing must stay hopeless."""
        receipt = form.receipt(values)
        if not self._tries.take(clock.monotonic()):
            raise NotYet(MANY)
        return receipt

    def _found(self, request: Request, receipt: str, chat: Chat | None) -> Response:
        if chat is None:
            raise NotYet(UNKNOWN)
        return self._talking(request, receipt, chat, new=False)

    def _talking(self, request: Request, receipt: str, chat: Chat, new: bool) -> Response:
        return self._render(
            request, "chat.html", chat=chat, receipt=receipt, new=grouped(receipt) if new else "", values={}
        )

    def _show(
        self,
        request: Request,
        values: Fields | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        not_yet: NotYet | None = None,
    ) -> Response:
        """The empty page, or the page with what was written and what is the matter."""
        kept = {name: found[0] for name, found in (values or {}).items()}
        page = "chat_again.html" if kept.get("step") == "write" else "chat_start.html"
        if not kept.get("start_id"):
            kept["start_id"] = str(clock.new_id())
        return self._render(request, page, status, values=kept, not_yet=not_yet, receipt=kept.get("receipt", ""))

    def _render(
        self, request: Request, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object
    ) -> Response:
        answer = self._pages.render(
            request,
            template,
            status,
            campus=self._campus,
            zone=self._zone,
            keep_days=self._keep_days,
            message_id=clock.new_id(),
            **{"not_yet": None, **values},
        )
        answer.headers.update(SILENT)
        return answer


def _unnamed(values: Fields) -> Fields:
    """Without the id of the start page: this text was not kept under it, and somebody else may have chosen it."""
    return {name: found for name, found in values.items() if name != "start_id"}


def router(page: ChatPage, exit_url: str) -> APIRouter:
    """`/intake/chat`, in no documentation of the API."""
    api = APIRouter(prefix="/intake", include_in_schema=False)

    @api.get("/chat")
    async def empty(request: Request) -> Response:
        return page.empty(request)

    @api.post("/chat")
    async def step(request: Request) -> Response:
        return await page.step(request)

    @api.get("/chat/leave")
    async def leave() -> Response:
        """The quick exit: away, and what the browser kept of us goes too."""
        gone = {**SILENT, "clear-site-data": '"cache", "storage"'}
        return RedirectResponse(exit_url, HTTPStatus.SEE_OTHER, headers=gone)

    return api
