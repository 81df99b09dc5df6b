"""The AsyncAPI 3 document of the topics, from the table of topics and the events. A file, never served live."""

from pydantic import BaseModel, JsonValue
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shared import topics
from shared.events import TYPE_OF, TYPES, Event
from shared.topics import TOPICS, Topic

Document = dict[str, JsonValue]
REFERENCE = "#/components/schemas/{model}"


def document() -> Document:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Meldkamer topics",
            "version": "1",
            "description": "Events on Apache Kafka as CloudEvents 1.0 in the binary binding. A version of an event only"
            " grows: readers pass over fields they do not know.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {"host": "localhost:9092", "protocol": "kafka", "description": "KAFKA_BOOTSTRAP_SERVERS"},
        },
        "channels": {_id(name): channel for topic in TOPICS for name, channel in _channels(topic)},
        "operations": {name: operation for topic in TOPICS for name, operation in _operations(topic)},
        "components": {
            "messages": {model.__name__: _message(model) for model in TYPES.values()},
            "messageTraits": {"cloudEvent": {"headers": _headers()}},
            "schemas": _schemas(),
        },
    }


def _channels(topic: Topic) -> list[tuple[str, JsonValue]]:
    """The topic and its dead-letter topic."""
    event = topic.event.__name__
    readable = f"Key: {topic.key}. Kept {topic.days} days. Written by {topic.producer} alone."
    dead = (
        f"Records of {topic.name} that a consumer could not read: key, value and headers as they came, and the headers"
        " dead_topic, dead_partition, dead_offset, dead_reason, dead_consumer, dead_at. See meldkamer dead."
    )
    return [
        (topic.name, {
            "address": topic.name,
            "description": readable,
            "messages": {event: {"$ref": f"#/components/messages/{event}"}},
            "bindings": {"kafka": _binding(topic.name, topic.days)},
        }),
        (topic.dead, {
            "address": topic.dead,
            "description": dead,
            "bindings": {"kafka": _binding(topic.dead, topics.DAYS)},
        }),
    ]  # fmt: skip


def _operations(topic: Topic) -> list[tuple[str, JsonValue]]:
    """Who sends and who receives."""
    channel: JsonValue = {"$ref": f"#/channels/{_id(topic.name)}"}
    name = _id(topic.name)
    sends: JsonValue = {"action": "send", "channel": channel, "summary": f"{topic.producer} publishes."}
    receives = [
        (f"{service}_receives_{name}", {"action": "receive", "channel": channel, "summary": f"{service} consumes."})
        for service in topic.consumers
    ]
    return [(f"{topic.producer}_sends_{name}", sends), *receives]


def _message(model: type[Event]) -> JsonValue:
    """An event: its CloudEvents type, headers and data."""
    return {
        "name": TYPE_OF[model],
        "title": model.__name__,
        "summary": (model.__doc__ or "").strip().split("\n")[0],
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"$ref": REFERENCE.format(model=model.__name__)},
    }


def _headers() -> JsonValue:
    """What `shared.wire` writes."""
    text: JsonValue = {"type": "string"}
    return {
        "type": "object",
        "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "content-type"],
        "properties": {
            "ce_specversion": {"const": "1.0"},
            "ce_id": {"type": "string", "description": "What an inbox knows the event by."},
            "ce_type": {"enum": list(TYPES)},
            "ce_source": text,
            "ce_time": {"type": "string", "format": "date-time"},
            "content-type": {"const": "application/json"},
        },
    }


def _schemas() -> JsonValue:
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in TYPES.values()]
    _, schema = models_json_schema(models, ref_template=REFERENCE)
    found: JsonValue = schema["$defs"]
    return found


def _binding(name: str, days: int) -> JsonValue:
    return {"topic": name, "topicConfiguration": {"retention.ms": days * topics.DAY_MS}}


def _id(topic: str) -> str:
    """Channel ids may hold no dot in some tools."""
    return topic.replace(".", "_")
