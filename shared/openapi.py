"""What OpenAPI shows of answers that are problems: one shape, and in words when an endpoint gives which."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

Schema = dict[str, Any]
PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
A_PROBLEM: Schema = {"$ref": "#/components/schemas/Problem"}
WORDS: Mapping[int, str] = {
    400: "The body is not JSON.",
    401: "Not logged in, and no admin token.",
    403: "Not for who asks, or a change that the page of another website asks for.",
    404: "There is nothing of this id, or it is not for who asks.",
    413: "The body is over 1 MiB.",
    422: "A part of the address or of the body is not right: `detail` and `errors` say what.",
    503: "The database cannot be reached: ask again after the seconds in Retry-After.",
}


def refusals(*statuses: int, words: Mapping[int, str] = WORDS) -> dict[int | str, Schema]:
    """For `responses=` of an endpoint or a router: the problems that come, each status in its words."""
    return {
        status: {"description": words[status], "content": {"application/problem+json": {"schema": A_PROBLEM}}}
        for status in statuses
    }


class Documented(FastAPI):
    """An application whose OpenAPI has the refusals that its endpoints tell of, and no others.

    FastAPI itself would add a 422 wherever there is a parameter, in a shape that none of our answers has.
    """

    def openapi(self) -> Schema:
        """The document; it is made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            for item in document["paths"].values():
                for operation in item.values():
                    operation["responses"] = _ours(operation["responses"])
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = PROBLEM
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
        return super().openapi()


def _ours(responses: Schema) -> Schema:
    """In the order of their statuses, without FastAPI's own 422."""
    return {
        status: answer
        for status, answer in sorted(responses.items())
        if status != "422" or "application/problem+json" in answer["content"]
    }
