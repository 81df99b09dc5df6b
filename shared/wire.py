"""Event <-> Kafka record: CloudEvents 1.0 in the binary binding, readable by any CloudEvents SDK."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import to_json

from shared.errors import Unreadable
from shared.events import TYPE_OF, TYPES, AlertUpdated, Event, IncidentReported, PageUpdated, event_time
from shared.ids import uuid5

Headers = Sequence[tuple[str, bytes | None]]
JSON = b"application/json"
_SAME = {  # the headers that all events of a type share
    model: (("ce_specversion", b"1.0"), ("ce_type", name.encode()), ("content-type", JSON))
    for model, name in TYPE_OF.items()
}


class RawRecord(Protocol):
    """What is used of aiokafka's ConsumerRecord."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(slots=True)
class Undecodable:
    """A record that Kafka's client could not decode, and why; what could not be read of it is None or empty."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    why: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record about to be published; headers may hold any bytes (dead letters keep what they got)."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def event_id(event: Event) -> UUID:
    """The identity an inbox knows an event by: the incident, or (what, version)."""
    match event:
        case IncidentReported():
            return event.incident_id
        case AlertUpdated():
            return uuid5(event.alert_id, str(event.version))
        case PageUpdated():
            return uuid5(event.page_id, str(event.version))


def encode(topic: str, key: str, event: Event, source: str) -> Outgoing:
    """The record of an event; `source` is the service that says so."""
    version, kind, content = _SAME[type(event)]
    headers = (
        version,
        ("ce_id", str(event_id(event)).encode()),
        kind,
        _said_by(source),
        ("ce_time", event_time(event).isoformat().encode()),
        content,
    )
    return Outgoing(topic, key.encode(), to_json(event, inf_nan_mode="null"), headers)


@cache
def _said_by(source: str) -> tuple[str, bytes]:
    return "ce_source", f"/meldkamer/{source}".encode()


def decode(record: RawRecord) -> Event:
    """The event in a record, or Unreadable with the reason that goes to the dead letter."""
    if isinstance(record, Undecodable):
        raise Unreadable(record.why)
    model = TYPES.get(_header(record.headers, "ce_type"))
    if model is None:
        raise Unreadable(f"unknown ce_type {_header(record.headers, 'ce_type')!r}")
    if record.value is None:
        raise Unreadable("no value")
    try:
        return model.model_validate_json(record.value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise Unreadable(f"{where}: {first['msg']} ({error.error_count()} errors)") from None


def _header(headers: Headers, name: str) -> str:
    """A header as text; one that is null or not UTF-8 makes the record unreadable, wherever it stands."""
    found = ""
    try:
        for key, value in headers:
            if value is None:
                raise Unreadable(f"header {key!r} is null")
            text = value.decode()
            if key == name:
                found = text
    except UnicodeDecodeError:
        raise Unreadable(f"header {key!r} is not UTF-8") from None
    return found
