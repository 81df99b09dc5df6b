"""Each row of docs/endpoints-intake.md is true."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from shared.campus import Scope
from tests.integration.intake.desk import KEYS, Intake, database, lose_database, running, settings_of
from tests.integration.operations import operations

DOC = Path(__file__).parents[3] / "docs" / "endpoints-intake.md"
KAFKA, POSTGRES, NO_CHAT = STATES = ("Kafka away", "PostgreSQL away", "No chat")
OWN = {
    "/incidents": Scope.GENERAL, "/fire-alarms": Scope.FIRE, "/access-events": Scope.ACCESS,
    "/traffic-accidents": Scope.TRAFFIC, "/alertmanager": Scope.ALERTMANAGER,
}  # fmt: skip
ENDPOINTS = [operation.path.removeprefix("/intake/v1") for operation in operations("intake")]
NO_SECRET = {"meldkamer_secret": SecretStr("")}


@dataclass(frozen=True)
class Row:
    """One line: what is sent to where with which key, and what comes back."""

    what: str
    endpoint: str
    key: str
    body: str
    answer: str

    @property
    def headers(self) -> dict[str, str]:
        """Key and content type."""
        kind = "application/x-ndjson" if self.body.startswith("ndjson") else "application/json"
        if self.key == "none":
            return {"content-type": kind}
        scope = OWN[self.endpoint] if self.key == "own" else self.key
        key = "no-such-key" if scope == "unknown" else KEYS[Scope(scope)]
        return {"content-type": kind, "authorization": f"Bearer {key}"}

    @property
    def content(self) -> bytes:
        """The body's bytes."""
        if self.body == "empty":
            return b""
        if size := re.fullmatch(r"(\d+) bytes", self.body):
            frame = b'{"kind": "other", "text": "%s"}'
            return frame % (b"x" * (int(size[1]) - len(frame) + 2))
        if many := re.match(r"(\w+) of (\d+) `", self.body):
            items = [in_code(self.body).encode()] * int(many[2])
            return b"\n".join(items) if many[1] == "ndjson" else b"[" + b",".join(items) + b"]"
        return in_code(self.body).replace("↵", "\n").encode()

    @property
    def spread(self) -> "list[Row]":
        """One row an endpoint, where the row is about each."""
        return [replace(self, endpoint=endpoint) for endpoint in ENDPOINTS] if self.endpoint == "each" else [self]

    @property
    def status(self) -> int:
        """The status that comes back."""
        return int(self.answer[:3])


def rows() -> list[Row]:
    """Every row of the tables that have an endpoint column."""
    found = [
        [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        for line in DOC.read_text().splitlines()
        if line.startswith("| ")
    ]
    told = [Row(*cells) for cells in found if len(cells) == 5 and cells[1].startswith(("/", "each"))]
    return [row for whole in told for row in whole.spread]


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


def of(*conditions: str) -> pytest.MarkDecorator:
    """The rows that begin with a condition; without one, those that begin with none."""
    chosen = [row for row in rows() if row.what.startswith(conditions or ("",))]
    if not conditions:
        chosen = [row for row in chosen if not row.what.startswith(STATES)]
    return pytest.mark.parametrize("row", chosen, ids=lambda row: f"{row.endpoint} {row.what}")


def test_the_tables_were_found() -> None:
    assert len(rows()) > 50


@pytest.fixture(scope="module")
async def taking(kafka: Kafka, postgres: Postgres) -> AsyncIterator[Intake]:
    """A service with everything there."""
    async with database(postgres) as url, running(settings_of(kafka, url)) as intake:
        yield intake


@pytest.fixture(scope="module")
async def without_kafka(kafka: Kafka, postgres: Postgres) -> AsyncIterator[Intake]:
    """A service that reaches no broker."""
    async with database(postgres) as url, running(settings_of(kafka, url), kafka_away=True) as intake:
        yield intake


@pytest.fixture(scope="module")
async def without_postgres(kafka: Kafka, postgres: Postgres) -> AsyncIterator[Intake]:
    """A service whose database went away after it had read the keys."""
    async with database(postgres) as url, running(settings_of(kafka, url)) as intake:
        await lose_database(url)
        yield intake


@pytest.fixture(scope="module")
async def without_chat(kafka: Kafka, postgres: Postgres) -> AsyncIterator[Intake]:
    """A service without the secret that confidential text is sealed with."""
    async with database(postgres) as url, running(settings_of(kafka, url).model_copy(update=NO_SECRET)) as intake:
        yield intake


@of()
async def test_a_row_of_the_tables_is_true(row: Row, taking: Intake) -> None:
    await check(row, taking)


@of(KAFKA)
async def test_a_row_is_true_while_kafka_is_away(row: Row, without_kafka: Intake) -> None:
    await check(row, without_kafka)


@of(POSTGRES)
async def test_a_row_is_true_while_postgresql_is_away(row: Row, without_postgres: Intake) -> None:
    await check(row, without_postgres)


@of(NO_CHAT)
async def test_a_row_is_true_without_a_chat(row: Row, without_chat: Intake) -> None:
    await check(row, without_chat)


async def check(row: Row, intake: Intake) -> None:
    """Send it, as often as the row says, and look at everything the row promises."""
    path = f"/intake/v1{row.endpoint}"
    times = 2 if row.body.startswith("twice") else 1
    answers = [await intake.http.post(path, content=row.content, headers=row.headers) for _ in range(times)]
    for answer in answers:
        assert answer.status_code == row.status, answer.text
        assert ("retry-after" in answer.headers) == (row.status == 503)
        assert (answer.headers["content-type"] == "application/problem+json") == (row.status >= 400)
    if "incident_id" in row.answer:
        same = answers[0].json()["incident_id"] == answers[1].json()["incident_id"]
        assert same == ("the same" in row.answer)
    else:
        assert contains(answers[0].json(), json.loads(in_code(row.answer[4:]))), answers[0].text
