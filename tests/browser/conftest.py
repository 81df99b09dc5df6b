"""Chromium for the browser tests, one a run; an alerting of their own; a building with its team for each test."""

import os
import shutil
from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from shared import campus, topics
from tests.browser.alerting_app import AlertingApp
from tests.browser.crew import Crew

NAMES = ("chromium", "chromium-browser", "google-chrome")
TEAM = 4
DATABASE = "browser_alerting"
CAMPUS = campus.load(Path("deploy/campus"))
LAPS = range(1, 21)
CREWS = product(LAPS, CAMPUS.buildings)  # new people each time round: a closed alarm stays on a tablet for a while


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs Chromium is marked, so that `-m "not browser"` leaves it out by name."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def chromium_path() -> str:
    """CHROMIUM, else the first that is on PATH; a browser test without a browser fails, it never passes quietly."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.fail("no Chromium: install Debian's chromium, set CHROMIUM, or leave these out with -m 'not browser'")
    return path


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Without the sandbox that root may not use; sound may play without a press."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def window(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """A fresh window: no cookies, a phone's size, English, a clock that is not the campus's."""
    context = await chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", timezone_id="Asia/Tokyo"
    )
    context.set_default_timeout(8_000)
    yield context
    await context.close()


@pytest.fixture
async def tab(window: BrowserContext) -> AsyncIterator[Page]:
    """A tab of that window. A script that fails, or anything that the content policy blocks, fails the test."""
    page = await window.new_page()
    wrong: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            wrong.append(message.text)

    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", said)
    yield page
    assert wrong == []


@pytest.fixture(scope="session")
async def alerting(
    parts_folder: Path, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[AlertingApp]:
    """One process of alerting for all browser tests, with accounts for every crew.

    Broker and database are its own: an alarm that another test sends to a crew's building would open an alert there.
    """
    kafka = Kafka(parts_folder / "browser-kafka")
    await kafka.start()
    await kafka.ready()
    await topics.create(kafka.bootstrap_servers, partitions=3)
    await _owner(postgres, f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
    await _owner(postgres, f'CREATE DATABASE "{DATABASE}" TEMPLATE meldkamer_template')
    url = f"{postgres.url.rsplit('/', 1)[0]}/{DATABASE}"
    app = AlertingApp(tmp_path_factory.mktemp("alerting"), kafka.bootstrap_servers, url)
    await app.open(
        [name for lap, building in product(LAPS, CAMPUS.buildings) for name in members_of(building.code, lap)]
    )
    yield app
    await app.close()
    await kafka.stop()
    await _owner(postgres, f'DROP DATABASE "{DATABASE}" WITH (FORCE)')


@pytest.fixture
async def crew(alerting: AlertingApp) -> AsyncIterator[Crew]:
    """The next building with its team; nobody is left there afterwards."""
    lap, building = next(CREWS)
    crew = Crew(alerting, building.code, building.name.en, members_of(building.code, lap))
    await crew.assemble()
    yield crew
    await crew.dissolve()


def members_of(building: str, lap: int) -> tuple[str, ...]:
    """The ids of a building's team."""
    return tuple(f"{building.lower()}-{lap}-{number}" for number in range(1, TEAM + 1))


async def _owner(server: Postgres, statement: str) -> None:
    connection = await asyncpg.connect(server.url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def tablet(tab: Page, crew: Crew) -> Page:
    """The open tablet of the team's first member, who is not called."""
    await crew.log_in(tab, crew.members[0])
    await expect(tab.get_by_role("heading", name="No alarm for you")).to_be_visible()
    await expect(tab.locator("#line")).to_contain_text("Connected")
    return tab
