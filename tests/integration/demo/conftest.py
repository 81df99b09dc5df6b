"""The three services behind one address, as the demonstration finds them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.demo.settings import Access
from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from services.alerting import app as alerting
from services.alerting.settings import Settings as Alerting
from services.intake import app as intake
from services.intake import keys
from services.intake.settings import Settings as Intake
from services.reporting import app as reporting
from services.reporting.settings import Settings as Reporting
from shared import campus
from shared.settings import Common
from tests.integration.alerting.alarm import database, from_now_on

EXAMPLE = Path("deploy/campus")
ACCESS = Access(
    base_url="http://campus.test", admin_token="admin", source_keys={name: f"demo-{name}" for name in campus.Scope}
)


class OnePort:
    """The three services behind one address, as the front door puts them."""

    def __init__(self, apps: dict[str, ASGIApp]) -> None:
        self._apps = apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """By the first word of the path."""
        await self._apps[scope["path"].split("/")[1]](scope, receive, send)


@pytest.fixture(scope="module")
async def door(kafka: Kafka, postgres: Postgres) -> AsyncIterator[httpx.ASGITransport]:
    """Everything runs and knows the people of the example."""
    await from_now_on(kafka, "alerting-d")
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(database(postgres))
        for scope, key in ACCESS.source_keys.items():
            await keys.ensure(url, scope, [campus.Scope(scope)], key)
        common = Common(
            kafka_bootstrap_servers=",".join(kafka.bootstrap_servers), database_url=url, meldkamer_campus=EXAMPLE,
            meldkamer_admin_token=SecretStr(ACCESS.admin_token),
            meldkamer_secret=SecretStr("a secret of these tests, long enough to sign"),
        )  # fmt: skip
        told = {name: getattr(common, name) for name in Common.model_fields}
        apps = {
            "intake": intake.build(Intake(**told)),
            "alerting": alerting.build(Alerting(**told, alerting_replica="d")),
            "monitor": reporting.build(Reporting(**told)),
        }
        for app in apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=OnePort(dict(apps)))
        await ready(transport, list(apps))
        await put_people(transport)
        yield transport


async def ready(transport: httpx.ASGITransport, prefixes: list[str]) -> None:
    """Until all say so."""
    async with httpx.AsyncClient(transport=transport, base_url=ACCESS.base_url) as http:
        for _ in range(400):
            answers = [await http.get(f"/{prefix}/readyz") for prefix in prefixes]
            if all(answer.is_success for answer in answers):
                return
            await asyncio.sleep(0.05)
    raise AssertionError([answer.text for answer in answers])


async def put_people(transport: httpx.ASGITransport) -> None:
    """As the run puts them into an empty product."""
    headers = {"authorization": f"Bearer {ACCESS.admin_token}"}
    async with httpx.AsyncClient(
        transport=transport, base_url=f"{ACCESS.base_url}/alerting/v1", headers=headers
    ) as http:
        for person in campus.load_people(EXAMPLE):
            body = {"name": person.name, "teams": person.teams, "functions": person.functions,
                    "channels": [{"kind": c.kind, "address": c.address} for c in person.channels]}  # fmt: skip
            assert (await http.put(f"/members/{person.member_id}", json=body)).is_success
            place = {"building": person.building}
            assert (await http.put(f"/members/{person.member_id}/presence", json=place)).is_success
