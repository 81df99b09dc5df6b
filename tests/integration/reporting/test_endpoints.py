"""Runs every row of docs/endpoints-reporting.md."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from shared.words import Answer, Confidentiality, Kind, Role, Severity
from tests.integration.reporting.room import TOKEN, Room
from tests.unit.reporting.invented import alert, incident, named, page

PAGE = Path(__file__).parents[3] / "docs" / "endpoints-reporting.md"
ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<who>\w+) \| (?P<path>/\S+) \| (?P<status>\d{3}) `(?P<body>.+)` \|$", re.MULTILINE
)
ROLES = {"responder": Role.RESPONDER, "operator": Role.OPERATOR, "auditor": Role.AUDITOR, "adviser": Role.ADVISER}
NAMES = {"incident": "smoke", "minor": "bicycle", "alert": "fire", "secret": "help", "unknown": "nobody knows"}


class Row(NamedTuple):
    """One line of a table."""

    what: str
    who: str
    path: str
    status: str
    body: str


ROWS = [Row(**match.groupdict()) for match in ROW.finditer(PAGE.read_text())]


def filled(text: str) -> str:
    """With the ids of the story."""
    for word, name in NAMES.items():
        text = text.replace(f"{{{word}}}", str(named(name)))
    return text


def holds(found: Any, told: Any) -> bool:
    """Whether the answer has at least what the table tells; a list begins with what is told, an empty one is empty."""
    match told:
        case dict():
            return all(name in found and holds(found[name], value) for name, value in told.items())
        case list():
            return len(found) >= len(told) and bool(found) == bool(told) and all(map(holds, found, told))
        case _:
            return bool(found == told)


def test_the_page_has_its_rows() -> None:
    assert len(ROWS) == len(re.findall(r"^\| .* \| \d{3} `", PAGE.read_text(), re.MULTILINE)) >= 25


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.path} {row.what}")
async def test_an_endpoint_answers_as_its_row_says(room: Room, row: Row) -> None:
    secret = Confidentiality.CONFIDENTIAL
    await room.fold(
        incident("smoke", at=60),
        incident("bicycle", kind=Kind.THEFT, building="SPORTCENTRUM", severity=Severity.MINOR),
        alert("fire", incidents=["smoke"], coming=1),
        page("fire", "Kim", answer=Answer.COMING, eta_s=120),
        alert("help", confidentiality=secret, building=None),
    )
    async with _client(room, row.who) as client:
        answer = await client.get("/monitor" + filled(row.path))
    assert answer.status_code == int(row.status)
    told = json.loads(filled(row.body))
    assert holds(answer.json(), told), answer.text


def _client(room: Room, who: str) -> httpx.AsyncClient:
    if who == "token":
        return httpx.AsyncClient(base_url=room.url, headers={"Authorization": f"Bearer {TOKEN}"})
    return room.client(ROLES[who] if who != "nobody" else None)
