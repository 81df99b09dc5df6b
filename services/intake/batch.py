"""A request body as reports: one, an array, or NDJSON; a bad item of many is its own problem."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from services.intake.models import MOST_AT_ONCE
from shared.problems import Problem, bad_fields, field_errors

Report = TypeVar("Report", bound=BaseModel)
Item = TypeVar("Item")
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines")
FAULTS_TOLD = 20
FAULTS_READ = 10_000  # so many cost 50 ms
DEEPEST = 190  # of 200 levels that a JSON reader goes: an event wraps what was sent in a few of its own
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


@dataclass(frozen=True, slots=True)
class Many(Generic[Report]):
    """The items of an array or of NDJSON, in order; each is read when it is its turn, and can then be let go."""

    items: Iterable[Report | Problem]


def read(model: type[Report], body: bytes, content_type: str) -> Report | Many[Report]:
    """What the body holds; a lone report that is not right raises its problem, and so do too many."""
    body = without_nul(body)
    if content_type.split(";")[0].strip().lower() in NDJSON:
        lines = _not_too_many([line for line in body.splitlines() if line.strip()])
        return Many(_item(model, line) for line in lines)
    if body.lstrip()[:1] == b"[":
        return Many(_element(model, element) for element in _not_too_many(_elements(body)))
    return one(model, body)


def one(model: type[Report], body: bytes) -> Report:
    """The one report of a body; 400 when it is not JSON, 422 with the fields that are not right."""
    try:
        report = model.model_validate_json(body)
    except ValidationError as error:
        raise problem_of(error) from None
    _not_too_deep(body)
    return report


def _not_too_deep(body: bytes) -> None:
    """Refuse JSON, known to be right, that nests so deeply that nobody could read the event made of it."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    more = 200 - DEEPEST
    try:
        from_json(b"[" * more + body + b"]" * more)
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, f"JSON nested more than {DEEPEST} levels deep") from None


def without_nul(body: bytes) -> bytes:
    """PostgreSQL's text cannot hold U+0000: a report with one would be acknowledged and then never shown."""
    return _NUL.sub(rb"\1\\ufffd", body) if b"\\u0000" in body else body


def problem_of(error: ValidationError) -> Problem:
    """pydantic's error as the problem that the sender gets: the first faults, and how many there are."""
    count = error.error_count()
    more = [{"field": "body", "detail": f"{count:,} faults in all"}] if count > FAULTS_TOLD else []
    if count > FAULTS_READ:
        return bad_fields(*more)
    errors = error.errors(include_url=False, include_input=False, include_context=False)[:FAULTS_TOLD]
    match errors[0]:
        case {"type": "json_invalid", "msg": words}:
            return Problem(HTTPStatus.BAD_REQUEST, f"not JSON: {words.removeprefix('Invalid JSON: ')}")
        case {"type": "too_long", "loc": ("alerts",)}:
            return _too_many()
    return bad_fields(*field_errors(errors), *more)


def _not_too_many(items: list[Item]) -> list[Item]:
    if len(items) > MOST_AT_ONCE:
        raise _too_many()
    return items


def _too_many() -> Problem:
    detail = f"more than {MOST_AT_ONCE:,} in one request: send fewer at a time"
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


def _item(model: type[Report], line: bytes) -> Report | Problem:
    try:
        return one(model, line)
    except Problem as problem:
        return problem


def _elements(body: bytes) -> list[object]:
    try:
        elements: list[object] = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"not JSON: {error}") from None
    _not_too_deep(body)
    return elements


def _element(model: type[Report], element: object) -> Report | Problem:
    try:
        return model.model_validate(element)
    except ValidationError as error:
        return problem_of(error)
