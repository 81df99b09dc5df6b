"""What a form of ours sent: URL-encoded only, so that nothing is ever written to a temporary file."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import Request

from shared.problems import Problem

URLENCODED = "application/x-www-form-urlencoded"
MOST_FIELDS = 100
Fields = Mapping[str, Sequence[str]]


async def read(request: Request) -> Fields:
    """Every value by name, trimmed, without U+0000, which PostgreSQL's text cannot hold."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != URLENCODED:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send the form as {URLENCODED}")
    try:
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:  # not UTF-8, or too many
        raise Problem(HTTPStatus.BAD_REQUEST, "the form cannot be read") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value.replace("\0", "").replace("\r\n", "\n").strip())
    return found


def first(fields: Fields, name: str) -> str:
    """The value of a field that has one; empty when it is missing."""
    return next(iter(fields.get(name, ())), "")
