"""Who may see and answer a page on the tablet."""

from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.alerting.api_pages import who_answers
from shared.auth import Auth
from shared.db import Pool
from shared.problems import Problem

HOME = "/alerting/respond"


async def may_answer(pool: Pool, auth: Auth, request: Request, page_id: UUID) -> str | None:
    """None for the page's member, the operator's name on behalf; 403 for anybody else.

    A token that is there must be right: a link cut off by a mail program must not fall back to whoever is logged in.
    """
    token = request.query_params.get("token")
    if token is not None and not auth.signed(page_id, token):
        raise Problem(HTTPStatus.FORBIDDEN, "this link is not one of ours, or it was cut off")
    if token is None and auth.person(request) is None:
        raise Problem(HTTPStatus.FORBIDDEN, "log in, or use the answer link of the page")
    return await who_answers(pool, auth, request, page_id)


def member_id(auth: Auth, request: Request) -> str:
    """The member who is logged in; 401 without log-in, 403 for one who is not paged."""
    person = auth.person(request)
    if person is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "log in")
    if person.member_id is None:
        raise Problem(HTTPStatus.FORBIDDEN, "this is for members who are paged")
    return person.member_id


def to_log_in(back: str) -> Response:
    """To the log-in page, and back from there."""
    return RedirectResponse(f"/alerting/login?back={quote(back)}", HTTPStatus.SEE_OTHER)
