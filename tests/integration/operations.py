"""The operations of the OpenAPI documents, and which of them a row of docs/endpoints-*.md is about."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True)
class Operation:
    """A method and a path, and what the document says of it."""

    method: str
    path: str
    has_body: bool
    answers: dict[str, Any]

    def is_asked(self, method: str, path: str) -> bool:
        """Whether this request is one of the operation."""
        return method == self.method and bool(re.fullmatch(re.sub(r"{\w+}", "[^/]+", self.path), path))

    def is_meant(self, each: str) -> bool:
        """Whether a row is about it: `each`, `each GET`, `each POST and PUT`, `each with an id`, `each with a body`."""
        methods = re.findall("GET|POST|PUT|DELETE", each)
        return (
            (not methods or self.method in methods)
            and ("with an id" not in each or "{" in self.path)
            and ("with a body" not in each or self.has_body)
        )


def operations(service: str) -> Sequence[Operation]:
    """Those of a service, in the order of its document."""
    paths = json.loads((DOCS / "api" / f"{service}.json").read_text())["paths"]
    return [
        Operation(method.upper(), path, "requestBody" in operation, operation["responses"])
        for path, item in paths.items()
        for method, operation in item.items()
    ]
