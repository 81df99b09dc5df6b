"""The words and shapes that OpenAPI shows of endpoints which read their body themselves."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

from shared.openapi import A_PROBLEM, Schema, refusals

TAKEN: Schema = {
    "type": "object",
    "title": "Taken",
    "required": ["incident_id", "status"],
    "properties": {
        "incident_id": {"type": "string", "format": "uuid"},
        "status": {"enum": ["published", "spooled"]},
    },
}
ITEM: Schema = {
    "anyOf": [
        TAKEN,
        {
            "type": "object",
            "title": "Refused",
            "required": ["status", "problem"],
            "properties": {"status": {"const": "refused"}, "problem": A_PROBLEM},
        },
    ]
}
REFUSALS = {
    400: "The body is not JSON.",
    401: "No source key, or one that is not known.",
    403: "The key is not for this endpoint.",
    413: "The body is over 1 MiB, or holds more than 5,000 reports.",
    422: "A field is not right, or none of the items is.",
    503: "Refused: send it again after the seconds in Retry-After, with the same external_id.",
}


class DirectRoute(APIRoute):
    """The endpoint itself answers the request: FastAPI documents it and adds nothing to its way."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """No dependencies, no model of the answer."""
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


def body(model: type[BaseModel], ndjson: bool = True) -> Schema:
    """For `openapi_extra`: one report (or an array of them), or NDJSON."""
    content: Schema = {"application/json": {"schema": inlined(TypeAdapter(model).json_schema())}}
    if ndjson:
        content["application/x-ndjson"] = {"schema": {"type": "string", "description": "A report a line."}}
    return {"requestBody": {"required": True, "content": content}}


def responses(many: bool = True) -> dict[int | str, Schema]:
    """202 and every refusal."""
    taken = {"anyOf": [TAKEN, {"type": "array", "items": ITEM}]} if many else {"type": "array", "items": ITEM}
    words = "On Kafka. An array and NDJSON: a list in order."
    return {
        202: {"description": words, "content": {"application/json": {"schema": taken}}},
        **refusals(*REFUSALS, words=REFUSALS),
    }


def inlined(schema: Schema) -> Schema:
    """A schema without `$defs`: OpenAPI would look for them elsewhere."""
    definitions: Schema = schema.pop("$defs", {})

    def resolve(part: Any) -> Any:
        match part:
            case {"$ref": str(reference), **rest} if reference.startswith("#/$defs/"):
                return resolve({**definitions[reference.rsplit("/", 1)[1]], **rest})
            case dict():
                return {name: resolve(value) for name, value in part.items()}
            case list():
                return [resolve(value) for value in part]
            case _:
                return part

    found: Schema = resolve(schema)
    return found
