"""Under a finger nothing moves on the tablet, and not for long."""

import asyncio

from playwright.async_api import Page, expect

from tests.browser.crew import Crew

ANOTHER_LOOK = "fetch(document.getElementById('respond').dataset.fragment).then((answer) => answer.text())"


async def test_news_that_comes_under_the_finger_does_not_take_the_tap(tablet: Page, crew: Crew) -> None:
    await crew.fire()
    button = tablet.get_by_role("button", name="I am not coming")
    await button.hover()
    await tablet.mouse.down()
    async with tablet.expect_response("**/fragment*"):
        await crew.answers(crew.members[2], "coming")
    await tablet.evaluate(ANOTHER_LOOK)
    await tablet.mouse.up()
    await crew.until(crew.members[0], answer="not_coming")
    await expect(tablet.locator(".count")).to_contain_text("1 of 3 is coming")


async def test_a_finger_that_stays_does_not_hold_the_news_for_long(tablet: Page, crew: Crew) -> None:
    await crew.fire()
    await tablet.get_by_role("button", name="I am not coming").hover()
    await tablet.mouse.down()
    await crew.answers(crew.members[2], "coming")
    await expect(tablet.locator(".count")).to_contain_text("1 of 3 is coming")


async def test_one_tap_after_another_does_not_hold_the_news_for_long_either(tablet: Page, crew: Crew) -> None:
    async def drum() -> None:
        while True:
            await tablet.mouse.down()
            await tablet.mouse.up()

    await crew.fire()
    await tablet.locator(".count").hover()
    drumming = asyncio.create_task(drum())
    try:
        await crew.answers(crew.members[2], "coming")
        await expect(tablet.locator(".count")).to_contain_text("1 of 3 is coming")
    finally:
        drumming.cancel()
        await asyncio.wait([drumming])
