"""The opaque `?cursor=` of lists: a place in an order, not a page number, so that new rows shift nothing."""

import base64
import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.events import EARLIEST, LATEST
from shared.problems import Problem, bad_fields

HIGHEST = 2**63 - 1


class Place(NamedTuple):
    """The last row of the page before, in the order newest first."""

    at: datetime
    id: UUID


def after_place(place: Place) -> str:
    """The cursor that goes on behind a row."""
    return _write([place.at.isoformat(), str(place.id)])


def after_revision(revision: int) -> str:
    """The cursor that goes on behind a revision."""
    return _write([revision])


def read_place(cursor: str | None) -> Place | None:
    """The place in a cursor of ours, else 422."""
    if cursor is None:
        return None
    try:
        at, row = _read(cursor)
        place = Place(datetime.fromisoformat(str(at)), UUID(str(row)))
    except ValueError:
        raise _bad() from None
    if place.at.tzinfo is None or not EARLIEST < place.at < LATEST:
        raise _bad()
    return place


def read_revision(cursor: str | None, since: int) -> int:
    """The revision in a cursor of ours, else 422; without a cursor the list starts behind `since`."""
    if cursor is None:
        return since
    try:
        (text,) = _read(cursor)
        revision = int(str(text))
    except ValueError:
        raise _bad() from None
    if not 0 <= revision <= HIGHEST:
        raise _bad()
    return revision


def _write(values: list[str | int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(cursor: str) -> list[object]:
    """A list, or ValueError, of which the errors of base64, UTF-8 and JSON are kinds."""
    values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return values if isinstance(values, list) else []


def _bad() -> Problem:
    detail = "not a cursor of this list; take it from `next`, or leave it out to start anew"
    return bad_fields({"field": "cursor", "detail": detail})
