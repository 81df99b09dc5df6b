"""Each row of the tables of pages in docs/endpoints-intake.md is true, and no path of intake is without one."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from services.intake import app
from shared import clock
from shared.auth import hash_password
from tests.integration import page_rows
from tests.integration.intake.browsing import browser, only_chat, start
from tests.integration.intake.desk import Intake, database, lose_database, running, settings_of
from tests.integration.intake.test_endpoints_table import DOC, KAFKA, NO_CHAT, NO_SECRET, POSTGRES, rows
from tests.integration.page_rows import PageRow

ROWS = page_rows.page_rows(DOC)
NOTHING_LEFT = {"intake_form_per_minute": 0, "intake_chat_per_minute": 0}
ROLES = {"adviser": "confidential_adviser", "operator": "operator"}


@dataclass
class Pages:
    """The browsers of those who ask, and what the places in the rows stand for."""

    intake: Intake
    who: dict[str, httpx.AsyncClient]
    places: dict[str, str] = field(default_factory=dict)

    def filled(self, text: str) -> str:
        """The text with a new id and what is known in its places."""
        yesterday = (clock.now() - timedelta(days=1)).date().isoformat()
        for name, value in {"id": str(uuid4()), "unknown": str(uuid4()), "day": yesterday, **self.places}.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    async def check(self, row: PageRow) -> None:
        """Ask it as the one who is named, in a browser of its own: a row may choose another language."""
        async with browser(self.intake) as asking:
            asking.cookies.update(self.who[row.who].cookies)
            await page_rows.check(row, asking, self.filled)


async def browsers(intake: Intake) -> dict[str, httpx.AsyncClient]:
    """Those who ask, logged in."""
    found = {name: browser(intake) for name in ("nobody", *ROLES)}
    for name in ROLES:
        answer = await found[name].post("/intake/login", data={"username": name, "password": name})
        assert answer.status_code == 303
    return found


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everybody with the name as the password."""
    file = tmp_path_factory.mktemp("accounts") / "accounts.json"
    found = [{"username": n, "password_hash": hash_password(n), "role": role} for n, role in ROLES.items()]
    file.write_text(json.dumps(found))
    return file


@asynccontextmanager
async def asked(
    kafka: Kafka, postgres: Postgres, accounts: Path, changes: Mapping[str, object], kafka_away: bool = False
) -> AsyncIterator[tuple[Pages, str]]:
    """A service of which people ask, and its database; `changes` are of its settings."""
    async with database(postgres) as url:
        settings = settings_of(kafka, url).model_copy(update={**changes, "meldkamer_accounts": accounts})
        async with running(settings, kafka_away) as intake:
            yield Pages(intake, await browsers(intake)), url


@pytest.fixture(scope="module")
async def pages(kafka: Kafka, postgres: Postgres, accounts: Path) -> AsyncIterator[Pages]:
    """Everything is there, and one conversation."""
    async with asked(kafka, postgres, accounts, {}) as (found, _):
        async with browser(found.intake) as writer:
            _, found.places["receipt"] = await start(writer)
        found.places["chat"] = (await only_chat(found.who["adviser"])).rpartition("/")[2]
        yield found


@pytest.fixture(scope="module")
async def without_kafka(kafka: Kafka, postgres: Postgres, accounts: Path) -> AsyncIterator[Pages]:
    """No broker is reached."""
    async with asked(kafka, postgres, accounts, {}, kafka_away=True) as (found, _):
        yield found


@pytest.fixture(scope="module")
async def without_postgres(kafka: Kafka, postgres: Postgres, accounts: Path) -> AsyncIterator[Pages]:
    """The database went away after people had logged in."""
    async with asked(kafka, postgres, accounts, {}) as (found, url):
        await lose_database(url)
        yield found


@pytest.fixture(scope="module")
async def crowded(kafka: Kafka, postgres: Postgres, accounts: Path) -> AsyncIterator[Pages]:
    """As many came as it takes in a minute: nothing is left of its limits."""
    async with asked(kafka, postgres, accounts, NOTHING_LEFT) as (found, _):
        yield found


@pytest.fixture(scope="module")
async def without_chat(kafka: Kafka, postgres: Postgres, accounts: Path) -> AsyncIterator[Pages]:
    """Nobody set a secret."""
    async with asked(kafka, postgres, accounts, NO_SECRET) as (found, _):
        yield found


@page_rows.of(ROWS)
async def test_a_row_of_the_pages_is_true(row: PageRow, pages: Pages) -> None:
    await pages.check(row)


@page_rows.of(ROWS, KAFKA)
async def test_a_row_of_the_pages_is_true_while_kafka_is_away(row: PageRow, without_kafka: Pages) -> None:
    await without_kafka.check(row)


@page_rows.of(ROWS, POSTGRES)
async def test_a_row_of_the_pages_is_true_while_postgresql_is_away(row: PageRow, without_postgres: Pages) -> None:
    await without_postgres.check(row)


@page_rows.of(ROWS, "Too many at once")
async def test_a_row_of_the_pages_is_true_when_too_many_come_at_once(row: PageRow, crowded: Pages) -> None:
    await crowded.check(row)


@page_rows.of(ROWS, NO_CHAT)
async def test_a_row_of_the_pages_is_true_without_a_chat(row: PageRow, without_chat: Pages) -> None:
    await without_chat.check(row)


async def test_every_path_of_intake_has_a_row(kafka: Kafka, database_url: str) -> None:
    told = {row.place for row in ROWS} | {("POST", f"/intake/v1{row.endpoint}") for row in rows()}
    assert page_rows.untold(app.build(settings_of(kafka, database_url)), told) == []
