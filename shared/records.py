"""Record headers as JSON for a table column: any bytes survive, base64 where they are not text."""

import base64
from collections.abc import Sequence

import orjson


def headers_to_json(headers: Sequence[tuple[str, bytes | None]]) -> str:
    """`[[name, text]]`, a null value as null; a name or value that is not text, or has U+0000, as `{"b64": ...}`."""
    return orjson.dumps([[_to_json(name.encode()), _to_json(value)] for name, value in headers]).decode()


def headers_from_json(text: str) -> tuple[tuple[str, bytes | None], ...]:
    """The inverse of `headers_to_json`, byte for byte."""
    return tuple(((_from_json(name) or b"").decode(), _from_json(value)) for name, value in orjson.loads(text))


def _to_json(value: bytes | None) -> str | dict[str, str] | None:
    if value is None:
        return None
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode()}
    # PostgreSQL's jsonb cannot hold U+0000.
    return {"b64": base64.b64encode(value).decode()} if "\0" in text else text


def _from_json(value: str | dict[str, str] | None) -> bytes | None:
    match value:
        case None:
            return None
        case str():
            return value.encode()
        case _:
            return base64.b64decode(value["b64"])
