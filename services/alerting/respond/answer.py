"""An answer as it comes from a tablet: JSON from the script and from pagers, a form when there is no script."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from services.alerting.shapes import AnswerIn
from shared import problems
from shared.problems import Problem


def is_json(request: Request) -> bool:
    """Anything but a form is taken for JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    return kind not in ("application/x-www-form-urlencoded", "multipart/form-data")


async def read(request: Request) -> AnswerIn:
    """The answer; 400 when it is not JSON, 422 naming each field that is not right."""
    try:
        if is_json(request):
            return AnswerIn.model_validate(json.loads(await request.body()))
        async with request.form() as form:
            return AnswerIn.model_validate(dict(form))
    except ValidationError as error:
        fields = problems.field_errors(error.errors(include_url=False, include_context=False, include_input=False))
        raise problems.bad_fields(*fields) from error
    except (ValueError, RecursionError) as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "the body is not JSON") from error


def as_json(page: Mapping[str, object]) -> JSONResponse:
    """The page, with times and ids as text."""
    return JSONResponse(jsonable_encoder(page))
