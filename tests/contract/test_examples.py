"""Events that were published once must be readable for ever: each example file stands for those in the topics."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import JsonValue

from deploy import asyncapi
from shared import wire
from shared.errors import Unreadable
from shared.events import TYPE_OF, TYPES, Event
from shared.wire import Headers, event_id

FILES = sorted((Path(__file__).parent / "examples").glob("*.json"))
Example = dict[str, Any]


@dataclass
class Record:
    """An example as it lies on a topic."""

    value: bytes | None
    headers: Headers
    key: bytes | None = b"HORST"
    topic: str = "incidents.fire"
    partition: int = 0
    offset: int = 0
    timestamp: int = 0


def read(file: Path) -> Example:
    """A CloudEvent in JSON."""
    found: Example = json.loads(file.read_text())
    return found


def record_of(example: Example) -> Record:
    """In Kafka's binary binding: attributes as `ce_` headers, the data as the value."""
    attributes = {name: value for name, value in example.items() if name not in ("data", "datacontenttype")}
    headers = [(f"ce_{name}", str(value).encode()) for name, value in attributes.items()]
    return Record(json.dumps(example["data"]).encode(), [*headers, ("content-type", b"application/json")])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_parses_and_keeps_every_field(file: Path) -> None:
    example = read(file)
    event = wire.decode(record_of(example))
    assert TYPE_OF[type(event)] == example["type"]
    assert same(example["data"], json.loads(event.model_dump_json()))


def same(told: JsonValue, kept: JsonValue) -> bool:
    """Whether all that was told was kept; defaults may be added, times may be written in another way."""
    match told, kept:
        case dict(), dict():
            return all(name in kept and same(value, kept[name]) for name, value in told.items())
        case list(), list():
            return len(told) == len(kept) and all(map(same, told, kept))
        case _:
            return told == kept or str(told).rstrip("0Z").rstrip(".") == str(kept).rstrip("0Z").rstrip(".")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_has_the_id_that_an_inbox_knows_it_by(file: Path) -> None:
    example = read(file)
    assert str(event_id(wire.decode(record_of(example)))) == example["id"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_is_what_the_asyncapi_document_says(file: Path) -> None:
    example = read(file)
    document: dict[str, Any] = asyncapi.document()
    name = TYPES[example["type"]].__name__
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    kept = json.loads(wire.decode(record_of(example)).model_dump_json())
    Draft202012Validator(schema).validate(kept)


@pytest.mark.parametrize("model", TYPES.values(), ids=lambda model: model.__name__)
def test_there_is_a_full_example_of_each_event(model: type[Event]) -> None:
    fields = [set(example["data"]) for example in of_type(model)]
    assert set(model.model_fields) in fields


@pytest.mark.parametrize("model", TYPES.values(), ids=lambda model: model.__name__)
def test_there_is_a_minimal_example_that_can_spare_nothing(model: type[Event]) -> None:
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    minimal = [example for example in of_type(model) if set(example["data"]) == required]
    assert minimal
    for name in required:
        example = {**minimal[0], "data": {n: v for n, v in minimal[0]["data"].items() if n != name}}
        with pytest.raises(Unreadable, match=name):
            wire.decode(record_of(example))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_field_of_a_newer_writer_is_passed_over(file: Path) -> None:
    example = read(file)
    newer = {**example, "data": {**example["data"], "of_a_later_version": [1]}}
    assert wire.decode(record_of(newer)) == wire.decode(record_of(example))


def of_type(model: type[Event]) -> list[Example]:
    """The examples of an event."""
    return [example for example in map(read, FILES) if example["type"] == TYPE_OF[model]]
