"""The demonstration plays against the real services: alarms, answers, the buddy building, a chat, a clean end."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.demo.acts import CHAT, HORST, NEAR_MISS, SCENARIOS, Act
from deploy.demo.product import Product
from deploy.demo.stage import Stage
from deploy.demo.student import chat
from shared import clock
from tests.integration.demo.conftest import ACCESS

HUMAN = "fenna-roodborst"
FAST = 0.04
EVENTS = list({act.says: act for acts in SCENARIOS.values() for act, _ in acts}.values())

pytestmark = pytest.mark.timeout(90)


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
