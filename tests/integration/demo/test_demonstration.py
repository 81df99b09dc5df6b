"""The demonstration plays against the real services: alarms, answers, the buddy building, a chat, a clean end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.demo.acts import CHAT, HORST, NEAR_MISS, SCENARIOS, Act
from deploy.demo.product import Product
from deploy.demo.settings import Access
from deploy.demo.stage import Stage
from deploy.demo.student import chat
from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from services.alerting import app as alerting
from services.alerting.settings import Settings as Alerting
from services.intake import app as intake
from services.intake import keys
from services.intake.settings import Settings as Intake
from services.reporting import app as reporting
from services.reporting.settings import Settings as Reporting
from shared import campus, clock
from shared.settings import Common
from tests.integration.alerting.alarm import database, from_now_on

EXAMPLE = Path("deploy/campus")
HUMAN = "fenna-roodborst"
FAST = 0.04
ACCESS = Access(
    base_url="http://campus.test", admin_token="admin", source_keys={name: f"demo-{name}" for name in campus.Scope}
)
EVENTS = list({act.says: act for acts in SCENARIOS.values() for act, _ in acts}.values())

pytestmark = pytest.mark.timeout(90)


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


@pytest.fixture
async def stage(door: httpx.ASGITransport) -> AsyncIterator[Stage]:
    """A stage on which seconds are short; its lines are in `lines`."""
    async with httpx.AsyncClient(transport=door, base_url=ACCESS.base_url, timeout=10) as http:
        product = Product(ACCESS, http)
        names = {building.code: building.name for building in await product.buildings()}
        lines: list[str] = []
        yield Stage(product, names, HUMAN, lambda seconds: asyncio.sleep(seconds * FAST), clock.now, lines.append)


async def test_a_short_handed_building_gets_its_buddy_and_the_human_is_left_alone(stage: Stage) -> None:
    lines: list[str] = []
    stage.write = lines.append
    await stage.play(HORST)
    said = [line[9:] for line in lines]
    assert said[0] == "smoke detector 12 in Horst"
    assert "fire, Horst: step 1 pages 6 of bhv-horst" in said
    assert "fire, Horst: step 2 pages 6 of bhv-carre" in said
    assert "fire, Horst: enough people are coming" in said
    assert said[-1] == f"fire, Horst: closed. {HORST.closing}"
    assert not [line for line in said if "Fenna" in line]
    assert await stage.product.open_alerts() == []


async def test_what_pages_nobody_is_only_reported(stage: Stage) -> None:
    lines: list[str] = []
    stage.write = lines.append
    await stage.play(NEAR_MISS)
    assert [line[9:] for line in lines] == ["near miss in Vrijhof"]


async def test_a_student_chats_and_an_adviser_comes(stage: Stage, door: httpx.ASGITransport) -> None:
    lines: list[str] = []
    stage.write = lines.append
    async with httpx.AsyncClient(transport=door, base_url=ACCESS.base_url, follow_redirects=True) as browser:
        await chat(stage, CHAT, browser)
    said = [line[9:] for line in lines]
    assert "social-safety: step 1 pages 2 of confidential" in said
    assert said[-1].startswith("social-safety: closed.")


async def test_an_alert_that_somebody_else_joined_is_left_to_people(stage: Stage) -> None:
    [incident] = await stage.product.report(
        "fire-alarms", "fire", {"device": "mine", "building": "WAAIER", "event": "alarm", "external_id": "mine:1"}
    )
    found = await stage.find({incident})
    assert found is not None
    await stage.end(found.alert_id, "not ours")
    assert await stage.clear_old() == 0
    [alert] = await stage.product.open_alerts()
    assert alert.alert_id == found.alert_id
    await stage.product.close(alert.alert_id, "The test is over")


async def test_a_new_run_closes_what_an_earlier_one_left(stage: Stage) -> None:
    body = {"device": "detector 9", "building": "CITADEL", "event": "alarm", "external_id": "demo-20260302-1"}
    [incident] = await stage.product.report("fire-alarms", "fire", body)
    assert await stage.find({incident}) is not None
    for _ in range(100):  # the views follow within milliseconds
        if await stage.product.name_of(incident):
            break
        await asyncio.sleep(0.02)
    assert await stage.clear_old() == 1
    assert await stage.product.open_alerts() == []


@pytest.mark.parametrize("act", [act for act in EVENTS if act is not CHAT], ids=lambda act: act.says)
async def test_every_event_is_taken_and_leaves_no_alert_open(stage: Stage, act: Act) -> None:
    await stage.play(act)
    assert await stage.product.open_alerts() == []
