"""The API's documentation as one plain page at `/<prefix>/docs`, from the service's own OpenAPI: no script, no CDN."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, select_autoescape

METHODS = ("get", "post", "put", "patch", "delete")


def router(app: FastAPI, prefix: str) -> APIRouter:
    """The page; it is made when it is asked for."""
    api = APIRouter(prefix=prefix)
    templates = Environment(loader=PackageLoader("shared"), autoescape=select_autoescape())

    @api.get("/docs", response_class=HTMLResponse)
    async def docs() -> str:
        document = app.openapi()
        return templates.get_template("apidocs.html").render(
            title=document["info"]["title"], operations=operations(document), openapi=f"{prefix}/openapi.json"
        )

    return api


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Each method and path with its words, parameters, body and answers, in the order they were declared."""
    return [
        {
            "method": method.upper(),
            "path": path,
            "id": operation.get("operationId", ""),
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": operation.get("parameters", []),
            "body": _body(operation, document),
            "responses": {code: r.get("description", "") for code, r in operation.get("responses", {}).items()},
        }
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def _body(operation: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the JSON body: name, type, whether it must be there, and what it means."""
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] = next((c.get("schema", {}) for c in content.values()), {})
    return _fields(_resolve(schema, document), document)


def _fields(schema: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field, document),
            "required": name in required,
            "description": field.get("description", ""),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _type(field: dict[str, Any], document: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " | ".join(_type(option, document) for option in field["anyOf"])
    field = _resolve(field, document)
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    return str(field.get("title", "object") if field.get("type") == "object" else field.get("type", "any"))


def _resolve(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found
