"""Errors as RFC 9457 problem details, mapped in one place."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from shared import db
from shared.errors import Refused

RETRY_AFTER_S = 2
_JSON_ERRORS = ("json_invalid", "json_type")


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


def response(problem: Problem) -> Response:
    """The problem as a response."""
    return JSONResponse(
        problem.body(), int(problem.status), headers=problem.headers, media_type="application/problem+json"
    )


def field_errors(errors: Sequence[Mapping[str, Any]], skip: Sequence[str] = ("body", "query", "path")) -> list[dict[str, str]]:
    """pydantic's errors as `{"field", "detail"}`, the field as a dotted path."""
    return [
        {
            "field": ".".join(str(p) for i, p in enumerate(e["loc"]) if not (i == 0 and p in skip)) or "body",
            "detail": str(e["msg"]),
        }
        for e in errors
    ]


def install(app: FastAPI) -> None:
    """Map every exception that leaves a handler to its problem."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:  # noqa: ARG001
        return response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:  # noqa: ARG001
        errors = error.errors()
        if any(e["type"] in _JSON_ERRORS for e in errors):
            return response(Problem(HTTPStatus.BAD_REQUEST, "the body is not JSON"))
        return response(
            Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "some fields are not right", field_errors(errors))
        )

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:  # noqa: ARG001
        return response(Problem(HTTPStatus(error.status_code), str(error.detail), headers=error.headers))

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:  # noqa: ARG001
        return response(unavailable(f"{error}; send it again"))

    async def away(request: Request, error: Exception) -> Response:  # noqa: ARG001
        if not db.is_transient(error):
            raise error
        return response(unavailable("the database cannot be reached; send it again"))

    for kind in (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        app.add_exception_handler(kind, away)
