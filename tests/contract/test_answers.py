"""The tables of docs/endpoints-*.md and the OpenAPI documents tell of the same answers."""

import re
from http import HTTPStatus

import jsonschema
import pytest

from shared.migrate import SERVICES
from shared.openapi import PROBLEM
from shared.problems import Problem, bad_fields
from tests.integration.operations import DOCS, Operation, operations

A_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
# What a request without a method is, and what its path goes on from.
SHORT = {"intake": ("POST", "/intake/v1"), "alerting": ("GET", "/alerting/v1"), "reporting": ("GET", "/monitor")}
REQUEST = re.compile(r"(?:(GET|POST|PUT|DELETE) )?(?:twice )?(/[^ ?]*)")
OPERATIONS = [(service, operation) for service in SERVICES for operation in operations(service)]
each = pytest.mark.parametrize(
    ("service", "operation"), OPERATIONS, ids=[f"{operation.method} {operation.path}" for _, operation in OPERATIONS]
)


def rows(service: str) -> list[tuple[str, str]]:
    """Request and status of each row that has both."""
    lines = (DOCS / f"endpoints-{service}.md").read_text().splitlines()
    tables = [line.strip().strip("|").split(" | ") for line in lines if line.startswith("| ")]
    found = [(cell.strip(), cells[-1].strip()[:3]) for cells in tables for cell in cells[1:3]]
    return [(cell, status) for cell, status in found if status.isdigit() and is_request(cell)]


def is_request(cell: str) -> bool:
    """A path or a method and a path, or several."""
    return bool(REQUEST.match(cell)) or cell.split()[0] == "each"


def is_about(service: str, request: str, operation: Operation) -> bool:
    """Whether a row's request is one of the operation."""
    found = REQUEST.match(request)
    if found is None:
        return operation.is_meant(request)
    method, base = SHORT[service]
    path = found[2] if found[2].startswith(f"/{base.split('/')[1]}/") else base + found[2]
    return operation.is_asked(found[1] or method, path)


@each
def test_the_table_and_openapi_tell_of_the_same_answers(service: str, operation: Operation) -> None:
    told = {status for request, status in rows(service) if is_about(service, request, operation)}
    assert sorted(told) == sorted(operation.answers)


@each
def test_every_refusal_in_openapi_is_a_problem_and_says_why(service: str, operation: Operation) -> None:  # noqa: ARG001
    refusals = {status: answer for status, answer in operation.answers.items() if status >= "400"}
    assert {status: answer.get("content") for status, answer in refusals.items()} == dict.fromkeys(refusals, A_PROBLEM)
    assert all(answer["description"].endswith(".") for answer in refusals.values())


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_in_openapi_has_the_shape_of_fastapi_s_own_422(service: str) -> None:
    assert "ValidationError" not in (DOCS / "api" / f"{service}.json").read_text()


@pytest.mark.parametrize(
    "problem",
    [Problem(HTTPStatus.NOT_FOUND, "no such alert"), bad_fields({"field": "kind", "detail": "no kind dragon"})],
    ids=lambda problem: str(problem),
)
def test_a_problem_has_the_shape_that_openapi_shows(problem: Problem) -> None:
    jsonschema.validate(problem.body(), {**PROBLEM, "additionalProperties": False})
    assert all((DOCS / "api" / f"{service}.json").read_text().count('"title": "Problem"') == 1 for service in SERVICES)
