"""Errors as RFC 9457 problem details, mapped in one place."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from shared import db
from shared.errors import Refused, TooLarge

log = logging.getLogger(__name__)
RETRY_AFTER_S = 2
_JSON_ERRORS = ("json_invalid", "json_type")
_WHERE = ("body", "query", "path", "header", "cookie")


class Problem(Exception):
    """Ends a request with a problem document. `errors` are `{"field", "detail"}`."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The problem document."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
        }
        return {**document, "errors": self.errors} if self.errors else document


def unavailable(detail: str) -> Problem:
    """503: refused, nothing was kept, send it again after the seconds in Retry-After."""
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_AFTER_S)})


def refused(error: Refused) -> Problem:
    """What a refusal of Kafka's means to the sender: again with the same external_id, or never."""
    if isinstance(error, TooLarge):
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error))
    return unavailable(f"{error}; send it again")


def response(problem: Problem) -> Response:
    """The problem as a response."""
    body = _printable(problem.body())
    return JSONResponse(body, int(problem.status), headers=problem.headers, media_type="application/problem+json")


def _printable(value: Any) -> Any:
    """What was sent may be quoted in the problem, and half a surrogate pair cannot be sent back."""
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case list():
            return [_printable(part) for part in value]
        case dict():
            return {name: _printable(part) for name, part in value.items()}
        case _:
            return value


def bad_fields(*errors: Mapping[str, str]) -> Problem:
    """422 with `{"field", "detail"}` of each field that is not right."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "some fields are not right", [dict(error) for error in errors])


def field_errors(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """pydantic's errors as `{"field", "detail"}`, the field as a dotted path."""
    return [{"field": _path(error["loc"]), "detail": str(error["msg"])} for error in errors]


def _path(loc: Sequence[str | int]) -> str:
    parts = loc[1:] if loc and loc[0] in _WHERE else loc
    return ".".join(str(part) for part in parts) or "body"


def problem_of(error: Exception) -> Problem | None:
    """The problem an exception means to the sender; None for what is our own mistake."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            errors = error.errors()
            if any(e["type"] in _JSON_ERRORS for e in errors):
                return Problem(HTTPStatus.BAD_REQUEST, "the body is not JSON")
            return bad_fields(*field_errors(errors))
        case HTTPException():
            return Problem(HTTPStatus(error.status_code), str(error.detail), headers=error.headers)
        case Refused():
            return refused(error)
        case asyncpg.DataError():
            log.warning("a value that PostgreSQL cannot keep: %s", type(error).__name__)
            detail = "a value cannot be kept: text with U+0000, or a number or time out of bounds"
            return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
        case _ if db.is_transient(error):
            return unavailable("the database cannot be reached; send it again")
        case _:
            return None


def install(app: FastAPI) -> None:
    """Answer every exception that leaves a handler with its problem."""

    async def answer(request: Request, error: Exception) -> Response:  # noqa: ARG001
        problem = problem_of(error)
        if problem is None:
            raise error
        return response(problem)

    for kind in _ANSWERED:
        app.add_exception_handler(kind, answer)


_ANSWERED = (Problem, RequestValidationError, HTTPException, Refused, *db.FAILURES)
