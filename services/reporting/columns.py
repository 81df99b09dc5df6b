"""Values as PostgreSQL can keep them: its text and jsonb cannot hold U+0000, which a machine's text may."""

import json

import orjson
from pydantic import BaseModel


def as_json(value: object) -> str:
    """A jsonb column's text."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:  # an integer of more than 64 bits, half a character
        text = json.dumps(value)
    return text.replace("\\u0000", "\\ufffd")


def model_json(value: BaseModel) -> str:
    """A jsonb column's text of a part of an event."""
    return value.model_dump_json().replace("\\u0000", "\\ufffd")


def plain(text: str) -> str:
    """A text column's text."""
    return text.replace("\0", "\ufffd")


def optional(text: str | None) -> str | None:
    """A text column that may be null."""
    return None if text is None else plain(text)
