"""The monitor in a browser: live by itself, honest when it is not, readable small, usable without a mouse."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, Route, expect
from pydantic import SecretStr

from services.reporting.settings import Settings
from shared.auth import COOKIE
from shared.words import Answer, Role, Severity
from tests.integration.reporting.room import SECRET, Room, running, session
from tests.unit.reporting.invented import alert, incident, named, page

WIDTHS = (320, 390, 1280, 1440)
TOO_WIDE = """document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => `${e.tagName} ${e.className}`)"""

HELD_STREAM = """window.EventSource = class extends EventTarget {
  constructor() { super(); window.stream = this; }
  close() {}
}"""
TICK = """stream.dispatchEvent(new MessageEvent("tick", {data: '{"time": "2026-01-01T12:00:00Z"}'}))"""


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    """A reporting service without a broker."""
    settings = Settings(
        kafka_bootstrap_servers="127.0.0.1:9",
        database_url=database_url,
        meldkamer_campus=Path("deploy/campus"),
        meldkamer_secret=SecretStr(SECRET),
    )
    async with running(settings) as there:
        yield there


@pytest.fixture
async def monitor(window: BrowserContext, tab: Page, room: Room) -> Page:
    """An operator's tab in English, not yet on a page; relative addresses are the room's."""
    await _log_in(window, room)
    return tab


async def _log_in(window: BrowserContext, room: Room) -> None:
    await window.add_cookies(
        [
            {"name": COOKIE, "value": session(Role.OPERATOR), "url": room.url},
            {"name": "meldkamer_language", "value": "en", "url": room.url},
        ]
    )


async def test_a_new_alarm_appears_by_itself_is_announced_and_counted(monitor: Page, room: Room) -> None:
    await monitor.goto(f"{room.url}/monitor/")
    await expect(monitor.locator("#connection")).to_contain_text("Live")
    await expect(monitor.get_by_text("No open alarms")).to_be_visible()
    await room.fold(incident("smoke", title="Smoke"), alert("fire", title="Fire in Horst", incidents=["smoke"]))
    await expect(monitor.get_by_role("link", name="Fire in Horst")).to_be_visible(timeout=2_000)
    await expect(monitor.locator("#news")).to_have_text("New alarm: Extreme: Fire in Horst, Horst")
    await expect(monitor).to_have_title("(1) Monitor · Meldkamer")
    await expect(monitor.get_by_role("link", name="Horst: 1 open alarm, Extreme")).to_be_visible()
    await room.fold(page("fire", "Kim de Vries", answer=Answer.COMING, eta_s=120), alert("fire", 2, coming=1))
    await expect(monitor.get_by_text("Coming 1 / needed 3")).to_be_visible()
    await expect(monitor.get_by_text("Kim de Vries")).to_be_visible()


async def test_the_page_of_an_alert_follows_its_answers(monitor: Page, room: Room) -> None:
    await room.fold(alert("fire", title="Fire in Horst"), page("fire", "Kim"))
    await monitor.goto(f"{room.url}/monitor/alerts/{named('fire')}")
    await expect(monitor.get_by_role("heading", name="Fire in Horst")).to_be_visible()
    await expect(monitor.locator("#connection")).to_contain_text("Live")
    await room.fold(page("fire", "Kim", 2, answer=Answer.NOT_COMING))
    await expect(monitor.get_by_role("row").filter(has_text="Kim")).to_contain_text("Not coming")


async def test_it_says_since_when_it_is_stale_and_recovers(monitor: Page, room: Room) -> None:
    async def refuse(route: Route) -> None:
        await route.abort()

    await monitor.clock.install()
    await monitor.route("**/monitor/v1/live*", refuse)
    await monitor.goto(f"{room.url}/monitor/")
    await monitor.clock.fast_forward(20_000)
    await expect(monitor.locator("#stale")).to_be_hidden()
    await monitor.clock.fast_forward(7_000)
    await expect(monitor.locator("#stale")).to_contain_text("data is stale")
    await expect(monitor.locator("#stale")).to_contain_text("Connection lost since")
    await monitor.unroute("**/monitor/v1/live*")
    await monitor.clock.fast_forward(5_000)
    await expect(monitor.locator("#stale")).to_be_hidden()
    await expect(monitor.locator("#connection")).to_contain_text("Live")


async def test_it_is_stale_when_the_server_no_longer_follows_what_happens(monitor: Page, room: Room) -> None:
    await monitor.clock.install()
    await monitor.goto(f"{room.url}/monitor/")
    await expect(monitor.locator("#connection")).to_contain_text("Live")
    room.app.state.pulse.silent_s = lambda: 60.0
    await room.fold(alert("late", title="It came before"))
    await expect(monitor.locator("#live")).to_contain_text("It came before")
    await monitor.clock.fast_forward(26_000)
    await expect(monitor.locator("#stale")).to_contain_text("data is stale")
    room.app.state.pulse.silent_s = lambda: 0.0
    await monitor.clock.fast_forward(6_000)
    await expect(monitor.locator("#stale")).to_be_hidden()


async def test_it_is_stale_when_what_changed_cannot_be_fetched(monitor: Page, room: Room) -> None:
    async def fail(route: Route) -> None:
        await route.fulfill(status=503)

    await monitor.clock.install()
    await monitor.goto(f"{room.url}/monitor/")
    await expect(monitor.locator("#connection")).to_contain_text("Live")
    await monitor.route("**/monitor/fragments/**", fail)
    async with monitor.expect_response("**/monitor/fragments/**"):
        await room.fold(alert("unseen", title="Not to be seen"))
    await monitor.clock.fast_forward(26_000)
    await expect(monitor.locator("#stale")).to_contain_text("data is stale")
    await monitor.unroute("**/monitor/fragments/**")
    await monitor.clock.run_for(12_000)
    await expect(monitor.locator("#live")).to_contain_text("Not to be seen")
    await expect(monitor.locator("#stale")).to_be_hidden()


async def test_a_tick_while_changes_cannot_be_fetched_counts_once_they_are_shown(monitor: Page, room: Room) -> None:
    await monitor.add_init_script(HELD_STREAM)
    await monitor.route("**/monitor/fragments/**", lambda route: route.fulfill(status=503))
    await monitor.goto(f"{room.url}/monitor/")
    await monitor.evaluate("stream.dispatchEvent(new MessageEvent('snapshot'))")
    for _ in range(2):  # the second is asked for when the first has failed
        async with monitor.expect_request("**/monitor/fragments/**"):
            pass
    await monitor.evaluate(TICK)
    await expect(monitor.locator("#connection")).not_to_contain_text("Live")
    await monitor.unroute("**/monitor/fragments/**")
    await expect(monitor.locator("#connection")).to_contain_text("Live")


async def test_a_tick_of_a_line_that_is_gone_does_not_count(monitor: Page, room: Room) -> None:
    await monitor.add_init_script(HELD_STREAM)
    await monitor.route("**/monitor/fragments/**", lambda route: route.fulfill(status=503))
    await monitor.goto(f"{room.url}/monitor/")
    async with monitor.expect_response("**/monitor/fragments/**"):
        await monitor.evaluate("stream.dispatchEvent(new MessageEvent('snapshot'))")
    await monitor.evaluate(f"{TICK}; stream.dispatchEvent(new Event('error'))")
    await room.fold(alert("fire", title="Fire in Horst"))
    await monitor.unroute("**/monitor/fragments/**")
    await expect(monitor.get_by_role("link", name="Fire in Horst")).to_be_visible()
    assert await monitor.locator("#connection .state").inner_text() == "Connection lost"


async def test_acknowledge_is_one_press_and_the_focus_goes_to_the_next(monitor: Page, room: Room) -> None:
    asked: list[Request] = []

    async def accept(route: Route) -> None:
        asked.append(route.request)
        await route.fulfill(json={})

    await room.fold(alert("first", title="First"), alert("second", title="Second", opened=9))
    await monitor.route("**/alerting/v1/**", accept)
    await monitor.goto(f"{room.url}/monitor/")
    buttons = monitor.get_by_role("button", name="Acknowledge")
    await buttons.first.press("Enter")
    await expect(buttons.nth(1)).to_be_focused()
    assert [(r.method, r.url) for r in asked] == [
        ("POST", f"{room.url}/alerting/v1/alerts/{named('first')}/acknowledge")
    ]
    await room.fold(alert("first", 2, title="First", acknowledged_by="the operator"))
    await expect(monitor.get_by_text("Acknowledged by the operator")).to_be_visible()
    await expect(monitor.get_by_role("button", name="Acknowledge")).to_be_focused()


async def test_an_acknowledgement_that_fails_says_so(monitor: Page, room: Room) -> None:
    await room.fold(alert("fire"))
    await monitor.route("**/alerting/v1/**", lambda route: route.fulfill(status=503))
    await monitor.goto(f"{room.url}/monitor/")
    await monitor.get_by_role("button", name="Acknowledge").click()
    await expect(monitor.get_by_role("button", name="Not acknowledged, press again")).to_be_enabled()


@pytest.mark.parametrize("width", WIDTHS)
async def test_nothing_is_wider_than_the_screen_and_what_is_pressed_is_44_px(
    monitor: Page, room: Room, width: int
) -> None:
    long = "Onderhoudswerkzaamhedenmelding brandmeldcentrale Technohal-kelder"
    await room.fold(
        incident("i", title=long), alert("fire", title=long), alert("city", building="ITC", severity=Severity.MINOR)
    )
    await room.fold(page("fire", "Wilhelmina van der Meulen-Oosterwijk", answer=Answer.COMING, eta_s=60))
    await monitor.set_viewport_size({"width": width, "height": 900})
    for path in ("/monitor/", f"/monitor/alerts/{named('fire')}"):
        await monitor.goto(f"{room.url}{path}")
        assert await monitor.evaluate(TOO_WIDE) == []
        for button in await monitor.locator("button:visible").all():
            box = await button.bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert box["width"] >= 44


async def test_without_a_script_the_picture_is_there_and_says_it_is_not_live(chromium: Browser, room: Room) -> None:
    window = await chromium.new_context(java_script_enabled=False)
    await _log_in(window, room)
    await room.fold(alert("fire", title="Fire in Horst"))
    still = await window.new_page()
    await still.goto(f"{room.url}/monitor/")
    await expect(still.get_by_role("link", name="Fire in Horst")).to_be_visible()
    await expect(still.locator("#connection")).to_contain_text("Not live: reload to see changes")
    await expect(still.get_by_role("button", name="Acknowledge")).to_be_hidden()
    await still.get_by_role("button", name="NL").click()
    await expect(still.get_by_role("heading", name="Alarmen")).to_be_visible()
    await window.close()


async def test_no_other_host_is_asked_and_the_keyboard_reaches_every_building(monitor: Page, room: Room) -> None:
    asked: list[str] = []
    monitor.on("request", lambda request: asked.append(request.url))
    await room.fold(alert("fire", title="Fire in Horst"))
    await monitor.goto(f"{room.url}/monitor/")
    await expect(monitor.locator("#connection")).to_contain_text("Live")
    assert [url for url in asked if not url.startswith(room.url)] == []
    reached = set()
    for _ in range(40):
        await monitor.keyboard.press("Tab")
        reached.add(await monitor.evaluate("document.activeElement.id"))
    assert {f"map-{code}" for code in ("HORST", "CARRE", "WAAIER", "ITC")} <= reached


async def test_what_did_not_change_stays_the_same_element(monitor: Page, room: Room) -> None:
    await room.fold(alert("fire", title="Fire in Horst"))
    await monitor.goto(f"{room.url}/monitor/")
    await monitor.evaluate("document.querySelectorAll('#live *').forEach((e) => { e.kept = true; })")
    await room.fold(alert("water", title="Water", severity=Severity.MINOR))
    await expect(monitor.get_by_role("link", name="Water")).to_be_visible()
    new = await monitor.evaluate("[...document.querySelectorAll('#live *')].filter((e) => !e.kept).map((e) => e.id)")
    assert [name for name in new if name] == [f"alert-{named('water')}"]


async def test_focus_stays_while_the_page_changes(monitor: Page, room: Room) -> None:
    await room.fold(alert("fire", title="Fire in Horst"))
    await monitor.goto(f"{room.url}/monitor/")
    await expect(monitor.locator("#connection")).to_contain_text("Live")
    await monitor.get_by_role("link", name="Fire in Horst").focus()
    await room.fold(alert("graver", title="A drill", opened=1), alert("older", title="Older alarm", opened=-60))
    await expect(monitor.get_by_role("link", name="Older alarm")).to_be_visible()
    await expect(monitor.get_by_role("link", name="Fire in Horst")).to_be_focused()
