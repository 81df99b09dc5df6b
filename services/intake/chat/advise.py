"""The confidential advisers' pages: list, read, answer, close. Nobody else gets in, not even an administrator."""

from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.intake import fields as form_fields
from services.intake.chat import form
from services.intake.chat.form import NotYet
from services.intake.chat.pages import SILENT
from services.intake.chat.store import Behind
from services.intake.chat.talk import Talk
from services.intake.fields import Fields
from shared import clock, cursor
from shared.auth import ADVISERS, Auth, Person
from shared.campus import Campus
from shared.pages import Pages
from shared.problems import Problem

HOME = "/intake/chat/advise"


class AdvisePages:
    """What an adviser who is logged in sees and does."""

    def __init__(self, talk: Talk, pages: Pages, auth: Auth, campus: Campus) -> None:
        self._talk = talk
        self._pages = pages
        self._auth = auth
        self._zone = ZoneInfo(campus.timezone)

    def adviser(self, request: Request) -> Person | None:
        """Who is asking; None: log in first."""
        person = self._auth.person(request)
        if person is not None and person.role not in ADVISERS:
            raise Problem(HTTPStatus.FORBIDDEN, f"the role {person.role} may not read chats")
        return person

    def stranger(self, request: Request) -> bool:
        """Whether somebody is logged in who is no adviser."""
        person = self._auth.person(request)
        return person is not None and person.role not in ADVISERS

    def not_for_you(self, request: Request) -> Response:
        """Where to go instead, and the way out."""
        return self._show(request, "advise_not_for_you.html", HTTPStatus.FORBIDDEN)

    async def listed(self, request: Request, unread: bool, before: str | None) -> Response:
        """The conversations whose text exists, a page at a time."""
        place = cursor.read_place(before)
        chats, behind = await self._talk.listed(Behind(unread, place.at, place.id) if place else None)
        further = f"?unread={int(behind.unread)}&before={_cursor(behind)}" if behind else ""
        return self._show(request, "advise.html", chats=chats, further=further, later=place is not None)

    async def read(self, request: Request, id_: UUID) -> Response:
        """One conversation; reading it says that it was seen."""
        return await self._conversation(request, id_, HTTPStatus.OK, {}, None)

    async def reply(self, request: Request, id_: UUID, person: Person) -> Response:
        """An answer; what cannot be sent comes back with the page."""
        values = await form_fields.read(request)
        try:
            message_id, text = form.message(values)
        except NotYet as not_yet:
            return await self._conversation(request, id_, HTTPStatus.UNPROCESSABLE_ENTITY, values, not_yet)
        if await self._talk.reply(id_, message_id, text, person.name, clock.now()) is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such conversation, or its text was deleted")
        return RedirectResponse(f"{HOME}/{id_}", HTTPStatus.SEE_OTHER)

    async def close(self, id_: UUID) -> Response:
        """Nothing more to say; a new message opens it again."""
        await self._talk.close(id_, clock.now())
        return RedirectResponse(HOME, HTTPStatus.SEE_OTHER)

    async def _conversation(
        self, request: Request, id_: UUID, status: HTTPStatus, values: Fields, not_yet: NotYet | None
    ) -> Response:
        chat = await self._talk.read(id_, clock.now())
        if chat is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no such conversation")
        kept = {name: found[0] for name, found in values.items()}
        return self._show(request, "advise_chat.html", status, chat=chat, values=kept, not_yet=not_yet)

    def _show(self, request: Request, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Response:
        answer = self._pages.render(request, template, status, zone=self._zone, message_id=clock.new_id(), **values)
        answer.headers.update(SILENT)
        return answer


def router(pages: AdvisePages) -> APIRouter:
    """`/intake/chat/advise/...`; who is not logged in is asked to."""
    api = APIRouter(prefix=HOME, include_in_schema=False)

    @api.get("")
    async def listed(request: Request, unread: bool = False, before: str | None = None) -> Response:
        if pages.stranger(request):
            return pages.not_for_you(request)
        return await pages.listed(request, unread, before) if pages.adviser(request) else _log_in(request)

    @api.get("/{conversation_id}")
    async def read(request: Request, conversation_id: UUID) -> Response:
        if pages.stranger(request):
            return pages.not_for_you(request)
        return await pages.read(request, conversation_id) if pages.adviser(request) else _log_in(request)

    @api.post("/{conversation_id}")
    async def reply(request: Request, conversation_id: UUID) -> Response:
        person = pages.adviser(request)
        return await pages.reply(request, conversation_id, person) if person else _log_in(request)

    @api.post("/{conversation_id}/close")
    async def close(request: Request, conversation_id: UUID) -> Response:
        return await pages.close(conversation_id) if pages.adviser(request) else _log_in(request)

    return api


def _cursor(behind: Behind) -> str:
    return cursor.after_place(cursor.Place(behind.last_at, behind.id))


def _log_in(request: Request) -> Response:
    return RedirectResponse(f"/intake/login?back={request.url.path.removesuffix('/close')}", HTTPStatus.SEE_OTHER)
