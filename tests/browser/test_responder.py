"""The responder's tablet, in a real browser: called, answering, stood down; live, and honest when it is not."""

import re

from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.crew import Crew

PHONE = ViewportSize(width=320, height=640)
COUNT_TONES = """
let tones = 0;
window.OscillatorNode = class extends OscillatorNode {
  constructor(...all) { super(...all); document.documentElement.dataset.tones = ++tones; }
};
"""
BLOCK_SOUND = """
let allowed = false;
Object.defineProperty(AudioContext.prototype, "state", { get: () => (allowed ? "running" : "suspended") });
AudioContext.prototype.resume = async () => { allowed = true; };
"""


async def test_a_call_comes_to_the_open_tablet_by_itself_and_its_receipt_makes_it_delivered(
    tablet: Page, crew: Crew
) -> None:
    await tablet.evaluate("window.notReloaded = true")
    await crew.fire(zone="3")
    card = tablet.get_by_role("article", name="Fire alarm")
    await expect(card).to_contain_text(crew.name)
    await expect(card.get_by_role("heading", name="Are you coming?")).to_be_visible()
    await expect(card).to_contain_text("0 of 3")
    await expect(tablet).to_have_title(f"(1) Fire alarm, {crew.name}")
    await expect(tablet.locator("#new")).to_have_text(f"New call: Fire alarm, {crew.name}")
    await crew.until(crew.members[0], state="delivered")
    assert (await crew.page(crew.members[1]))["delivered_at"] is None
    assert await tablet.evaluate("window.notReloaded") is True


async def test_one_tap_says_coming_in_five_minutes_and_the_screen_says_when_the_server_had_it(
    tablet: Page, crew: Crew
) -> None:
    await crew.fire()
    await tablet.get_by_role("button", name="5 min").click()
    page = await crew.until(crew.members[0], answer="coming")
    assert page["eta_s"] == 300
    await expect(tablet.locator(".received")).to_have_text(re.compile(r"Received by the server \d\d:\d\d:\d\d"))
    await expect(tablet.get_by_role("heading", name="You are coming")).to_be_visible()
    await expect(tablet).to_have_title("My calls · Meldkamer")


async def test_the_tablet_rings_until_the_answer_and_not_after(tab: Page, crew: Crew) -> None:
    await tab.add_init_script(COUNT_TONES)
    await crew.log_in(tab, crew.members[0])
    await crew.fire()
    page = tab.locator("html")
    await expect(page).to_have_attribute("data-tones", "6", timeout=15_000)  # two rings of three tones, 4 s
    await tab.get_by_role("button", name="5 min").click()
    answered = await page.get_attribute("data-tones")
    await crew.until(crew.members[0], answer="coming")
    await tab.wait_for_timeout(2_000)
    assert await page.get_attribute("data-tones") == answered


async def test_a_browser_that_blocks_the_sound_is_said_until_it_is_allowed(tab: Page, crew: Crew) -> None:
    await tab.add_init_script(BLOCK_SOUND)
    await crew.log_in(tab, crew.members[0])
    await expect(tab.locator("#silent")).to_contain_text("The sound is off")
    await tab.get_by_role("button", name="Sound on").click()
    await expect(tab.locator("#silent")).to_be_hidden()


async def test_an_answer_can_be_changed(tablet: Page, crew: Crew) -> None:
    await crew.fire()
    await tablet.get_by_role("button", name="I am not coming").click()
    await crew.until(crew.members[0], answer="not_coming")
    await tablet.get_by_text("Change my answer").click()
    await tablet.get_by_role("button", name="2 min").click()
    assert (await crew.until(crew.members[0], answer="coming"))["eta_s"] == 120
    await tablet.get_by_role("button", name="I have arrived").click()
    await crew.until(crew.members[0], answer="arrived")
    await expect(tablet.get_by_role("heading", name="You have arrived")).to_be_visible()


async def test_the_answers_of_others_are_counted_on_every_open_tablet(tablet: Page, crew: Crew) -> None:
    await crew.fire()
    await expect(tablet.locator(".count")).to_contain_text("0 of 3")
    await crew.answers(crew.members[2], "coming")
    await expect(tablet.locator(".count")).to_contain_text("1 of 3 is coming")
    await crew.answers(crew.members[3], "coming")
    await expect(tablet.locator(".count")).to_contain_text("2 of 3 are coming")
    await expect(tablet.locator(".functions")).to_contain_text("Lead 0 of 1")


async def test_a_stand_down_shows_by_itself_and_ends_the_ringing(tablet: Page, crew: Crew) -> None:
    await crew.fire()
    await expect(tablet).to_have_title(re.compile(r"^\(1\)"))
    await crew.operator("stand-down")
    await expect(tablet.get_by_role("heading", name="Stand down: you are not needed any more")).to_be_visible()
    await expect(tablet).to_have_title("My calls · Meldkamer")
    await expect(tablet.locator("#new")).to_contain_text("Stand down")


async def test_a_closed_alarm_stays_long_enough_to_be_read(tablet: Page, crew: Crew) -> None:
    await crew.fire()
    await expect(tablet.get_by_role("button", name="5 min")).to_be_visible()
    await crew.operator("close", reason="burnt toast")
    await expect(tablet.get_by_role("heading", name="Closed")).to_contain_text("you need not come")
    await expect(tablet.get_by_role("button", name="5 min")).to_have_count(0)


async def test_another_zone_is_told_while_the_tablet_is_open(tablet: Page, crew: Crew) -> None:
    await crew.fire(zone="1")
    await expect(tablet.locator(".spots li")).to_have_count(1)
    await crew.fire(zone="2", room="A-101")
    await expect(tablet.locator(".spots li")).to_have_count(2)
    await expect(tablet.get_by_text("This has changed since you were called.")).to_be_visible()


async def test_a_drill_cannot_be_taken_for_an_alarm(tablet: Page, crew: Crew) -> None:
    await crew.fire(drill=True)
    await expect(tablet.get_by_role("article").get_by_text("DRILL", exact=True)).to_be_visible()
    await expect(tablet.get_by_text("This is not a real alarm.")).to_be_visible()


async def test_an_answer_that_finds_no_server_is_kept_shown_and_sent_when_it_is_back(tablet: Page, crew: Crew) -> None:
    await crew.fire()
    await expect(tablet.get_by_role("button", name="10 min")).to_be_visible()
    assert await crew.app.stop() < 5  # an open stream does not hold the server up
    try:
        await tablet.get_by_role("button", name="10 min").click()
        await expect(tablet.locator(".received")).to_have_text("Not sent. Trying again…")
        await expect(tablet).to_have_title("My calls · Meldkamer")  # he has answered: no more ringing
    finally:
        await crew.app.start()
    assert (await crew.until(crew.members[0], answer="coming"))["eta_s"] in (570, 600)
    await expect(tablet.locator(".received")).to_contain_text("Received by the server")


async def test_a_lost_connection_is_said_with_its_time_and_taken_back_when_it_returns(tab: Page, crew: Crew) -> None:
    await tab.clock.install()
    await crew.log_in(tab, crew.members[0])
    await expect(tab.locator("#line")).to_contain_text("Connected")
    await tab.route("**/live", lambda route: route.abort())
    await tab.clock.fast_forward(27_000)
    await expect(tab.locator("#lost")).to_have_text(re.compile(r"Connection lost since \d\d:\d\d:\d\d\."))
    await tab.unroute("**/live")
    await tab.clock.fast_forward(6_000)
    await expect(tab.locator("#lost")).to_be_hidden()


async def test_a_session_that_ended_is_loud(tablet: Page, crew: Crew) -> None:
    await tablet.context.clear_cookies(name="meldkamer_session")
    await crew.fire()
    await expect(tablet.locator("#signed-out")).to_contain_text("You are logged out")


async def test_without_script_the_link_of_a_page_shows_it_and_takes_the_answer(chromium: Browser, crew: Crew) -> None:
    await crew.fire()
    context = await chromium.new_context(java_script_enabled=False, viewport=PHONE, locale="nl-NL")
    page = await context.new_page()
    await page.goto(await crew.link(crew.members[1]))
    await page.get_by_role("button", name="5 min").click()
    assert (await crew.until(crew.members[1], answer="coming"))["eta_s"] == 300
    assert page.url == await crew.link(crew.members[1])
    await expect(page.locator(".received")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    await context.close()


async def test_the_link_of_a_page_is_live_too_and_keeps_its_token_when_the_theme_changes(tab: Page, crew: Crew) -> None:
    await crew.fire()
    await tab.goto(await crew.link(crew.members[1]))
    await tab.get_by_role("button", name="Dark").click()
    await expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    await crew.until(crew.members[1], state="delivered")
    await crew.operator("stand-down")
    await expect(tab.get_by_role("heading", name="Stand down")).to_be_visible()


async def test_where_i_am_is_set_on_the_tablet(tablet: Page, crew: Crew) -> None:
    await tablet.get_by_label("I am in").select_option("")
    await tablet.get_by_role("button", name="Save").click()
    await expect(tablet.get_by_text("You are not here: you are not called.")).to_be_visible()
    member = (await crew.app.http.get(f"/alerting/v1/members/{crew.members[0]}")).json()
    assert member["presence"]["building"] is None


async def test_answers_are_large_enough_for_a_thumb_and_nothing_overflows_a_small_phone(
    tablet: Page, crew: Crew
) -> None:
    await tablet.set_viewport_size(PHONE)
    await crew.fire(room="HR-B012")
    buttons = tablet.locator(".answers button")
    await expect(buttons).to_have_count(5)
    sizes = await buttons.evaluate_all("(all) => all.map((one) => [one.offsetWidth, one.offsetHeight])")
    assert len(sizes) == 5
    assert all(width >= 48 and height >= 48 for width, height in sizes)
    assert await tablet.evaluate("document.documentElement.scrollWidth") <= 320


async def test_the_keyboard_is_enough_and_keeps_its_place_when_news_comes(tablet: Page, crew: Crew) -> None:
    await crew.fire()
    await tablet.get_by_role("button", name="2 min").focus()
    await crew.answers(crew.members[2], "coming")
    await expect(tablet.locator(".count")).to_contain_text("1 of 3")
    await expect(tablet.get_by_role("button", name="2 min")).to_be_focused()
    await tablet.keyboard.press("Enter")
    assert (await crew.until(crew.members[0], answer="coming"))["eta_s"] == 120


async def test_an_operator_who_is_not_paged_is_told_whom_the_page_is_for(tab: Page, crew: Crew) -> None:
    await crew.log_in(tab, "olga")
    await expect(tab.get_by_role("heading", name="This page is for people who are called")).to_be_visible()
