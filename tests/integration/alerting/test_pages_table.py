"""The rows of pages and about each endpoint in docs/endpoints-alerting.md are true, and no path is without one."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from shared.auth import COOKIE
from tests.integration import page_rows
from tests.integration.alerting.alarm import Alarm, Product, product_on
from tests.integration.alerting.test_endpoints import DOC, Row, check, rows, rows_about_each
from tests.integration.intake.desk import find_database, lose_database
from tests.integration.page_rows import PageRow

ROWS = page_rows.page_rows(DOC)
EACH = list(rows_about_each())
AWAY = [row for row in EACH if row.what.startswith("PostgreSQL away: ")]


@pytest.fixture(scope="module")
async def product(kafka: Kafka, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """An alerting service with accounts."""
    async with product_on(kafka, postgres, tmp_path_factory.mktemp("accounts")) as running:
        yield running


@pytest.fixture(scope="module")
async def alarm(product: Product) -> AsyncIterator[Alarm]:
    """A fire alarm in Horst that pages Anna, Bert and Cees; no row ends it."""
    found = await product.alarm()
    yield found
    await product.end(found)


@pytest.fixture
async def postgres_away(product: Product, alarm: Alarm) -> AsyncIterator[Alarm]:
    """The database is away, and comes back."""
    await lose_database(product.database_url)
    yield alarm
    await find_database(product.database_url)
    await until_ready(product)


async def until_ready(product: Product) -> None:
    """Until /readyz says so."""
    async with asyncio.timeout(20):
        while not (await product.http.get("/alerting/readyz")).is_success:
            await asyncio.sleep(0.05)


async def ask(row: PageRow, product: Product, alarm: Alarm) -> None:
    """As the one who is named, in a browser of its own; a link carries the token of Anna's page."""
    cookies = {COOKIE: product.cookies[row.who]} if row.who in product.cookies else {}
    if row.who == "link":
        row = replace(row, path=f"{row.path}?token={product.auth.sign(alarm.page)}")
    async with httpx.AsyncClient(
        transport=product.http._transport, base_url="http://campus.test", cookies=cookies, timeout=10
    ) as browser:
        await page_rows.check(row, browser, alarm.filled)


@page_rows.of(ROWS)
async def test_a_row_of_the_pages_is_true(row: PageRow, product: Product, alarm: Alarm) -> None:
    await ask(row, product, alarm)


@page_rows.of(ROWS, "PostgreSQL away")
async def test_a_row_is_true_while_postgresql_is_away(row: PageRow, product: Product, postgres_away: Alarm) -> None:
    await ask(row, product, postgres_away)


@pytest.mark.parametrize("row", [row for row in EACH if row not in AWAY], ids=lambda row: f"{row.request} {row.what}")
async def test_a_row_about_each_endpoint_is_true(row: Row, product: Product, alarm: Alarm) -> None:
    await check(row, product, alarm)


async def test_a_row_about_each_endpoint_is_true_while_postgresql_is_away(
    product: Product, postgres_away: Alarm
) -> None:
    assert len(AWAY) > 10
    for row in AWAY:
        await check(row, product, postgres_away)


async def test_every_path_of_alerting_has_a_row(product: Product) -> None:
    transport = product.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    assert isinstance(transport.app, FastAPI)
    asked = [re.sub(r" twice|\?.*", "", row.request).split() for row in rows()]
    told = {(method, f"/alerting/v1{path}") for method, path in asked} | {row.place for row in ROWS}
    assert page_rows.untold(transport.app, told) == []


async def test_an_answer_nested_too_deeply_to_be_read_is_refused(product: Product, alarm: Alarm) -> None:
    path, token = f"/alerting/respond/{alarm.page}", product.auth.sign(alarm.page)
    answer = await product.http.post(
        path, params={"token": token}, content=b"[" * 100_000, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["detail"]) == (400, "the body is not JSON")
