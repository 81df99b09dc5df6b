"""Each row of docs/endpoints-alerting.md is true."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from tests.integration.alerting.alarm import Alarm, Product, product_on
from tests.integration.operations import Operation, operations
from tests.integration.page_rows import ANOTHER_SITE

DOC = Path(__file__).parents[3] / "docs" / "endpoints-alerting.md"


@dataclass(frozen=True)
class Row:
    """One line: who asks what, and what comes back."""

    what: str
    who: str
    request: str
    body: str
    answer: str

    @property
    def content(self) -> bytes | None:
        """The body's bytes; None without one."""
        if size := re.fullmatch(r"(\d+) bytes", self.body):
            return b"x" * int(size[1])
        return None if self.body == "-" else in_code(self.body).encode()

    @property
    def expected(self) -> str | None:
        """What must be in the answer's body, before places are filled in."""
        return in_code(self.answer) if "`" in self.answer else None

    def is_good(self, operation: Operation) -> bool:
        """Whether it is answered with 2xx, and has a body where there can be one."""
        method, *_, path = self.request.split()
        asked = operation.is_asked(method, "/alerting/v1" + path.partition("?")[0])
        return asked and self.answer.startswith("2") and (self.body != "-" or not operation.has_body)


def rows() -> list[Row]:
    """Every row of the tables that have a request column, but for those about several endpoints."""
    return [row for row in every_row() if row.request.split()[0] in {"GET", "POST", "PUT", "DELETE"}]


def rows_about_each() -> Iterator[Row]:
    """For each endpoint that a row is about its row that is answered with 2xx, but for what the first itself says."""
    known = rows()
    for row in every_row():
        for operation in operations("alerting") if row.request.startswith("each") else ():
            if operation.is_meant(row.request):
                good = next(found for found in known if found.is_good(operation))
                method, *_, path = good.request.split()
                if "with an id" in row.request:
                    path = re.sub(r"{\w+}", "not%20one", operation.path.removeprefix("/alerting/v1"))
                yield replace(row, request=f"{method} {path}", body=good.body if row.body == "-" else row.body)


def every_row() -> list[Row]:
    """Every row of five cells, and the heads of tables."""
    lines = [line.strip().strip("|") for line in DOC.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.split(" | ")] for line in lines]
    return [Row(*row) for row in cells if len(row) == 5]


def in_code(cell: str) -> str:
    """What stands between backticks."""
    found = re.search(r"`(.*)`", cell)
    assert found, cell
    return found[1]


def contains(answer: Any, expected: Any) -> bool:
    """Everything expected is in the answer; lists have the same length."""
    match expected:
        case dict():
            return isinstance(answer, dict) and all(contains(answer.get(k), v) for k, v in expected.items())
        case list():
            return len(answer) == len(expected) and all(map(contains, answer, expected))
        case _:
            return bool(answer == expected)


@pytest.fixture(scope="module")
async def product(kafka: Kafka, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """An alerting service with accounts."""
    async with product_on(kafka, postgres, tmp_path_factory.mktemp("accounts")) as running:
        yield running


@pytest.fixture
async def alarm(product: Product) -> AsyncIterator[Alarm]:
    """A fire alarm in Horst that pages Anna, Bert and Cees, and a confidential alert; closed afterwards."""
    found = await product.alarm()
    yield found
    await product.end(found)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.what} by {row.who}")
async def test_a_row_of_the_tables_is_true(row: Row, product: Product, alarm: Alarm) -> None:
    await check(row, product, alarm)


async def check(row: Row, product: Product, alarm: Alarm) -> None:
    """Ask it, as often as the row says, and look at everything the row promises."""
    method, *twice, path = row.request.split()
    site = ANOTHER_SITE if row.what.startswith("From another site: ") else {}
    for _ in range(2 if twice else 1):
        answer = await product.ask(row.who, method, alarm.filled(path), row.content, alarm, **site)
    assert answer.status_code == int(row.answer[:3]), f"{row.request}: {answer.text}"
    assert ("retry-after" in answer.headers) == (answer.status_code == 503)
    if row.expected is not None:
        assert contains(body_of(answer), json.loads(alarm.filled(row.expected))), answer.text


def body_of(answer: httpx.Response) -> Any:
    """The answer's JSON; problems say so in their content type."""
    kind = "application/problem+json" if answer.is_error else "application/json"
    assert answer.headers["content-type"] == kind
    return answer.json()


def test_the_tables_were_found() -> None:
    assert len(rows()) > 60


def test_every_path_of_the_api_has_a_row() -> None:
    api = json.loads((DOC.parent / "api" / "alerting.json").read_text())
    told = {tuple(re.sub(r" twice|\?.*", "", row.request).split()) for row in rows()}
    patterns = [
        (method.upper(), re.sub(r"{\w+}", "[^/]+", path.removeprefix("/alerting/v1")))
        for path, item in api["paths"].items()
        if path.startswith("/alerting/v1")
        for method in item
    ]
    untold = [
        (method, pattern)
        for method, pattern in patterns
        if not any(verb == method and re.fullmatch(pattern, path) for verb, path in told)
    ]
    assert untold == []
