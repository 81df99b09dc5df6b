"""A student who opens the chat in a browser, without a name, and the adviser who is paged for it."""

import logging
from uuid import UUID

import httpx

from deploy.demo.acts import Act
from deploy.demo.cast import Cast
from deploy.demo.forms import Form, first_form
from deploy.demo.product import BUSY, Unexpected
from deploy.demo.stage import Stage

log = logging.getLogger(__name__)
START = "/intake/chat"
WISHES = ("social_safety", "en", "no", "unfair_treatment")
TEXT = (
    "Since I joined the lab one of the supervisors makes remarks about where I come from. "
    "I do not want to give my name. Can somebody tell me what I can do?"
)
OPENS_WITHIN = 16


async def chat(stage: Stage, act: Act, browser: httpx.AsyncClient) -> None:
    """Write, wait until the confidential advisers are paged, let one answer, and close after a while."""
    stage.say(act.says)
    before = await _confidential(stage)
    if not await _write(stage, browser):
        return
    opened: set[UUID] = set()
    for _ in range(OPENS_WITHIN):
        opened = await _confidential(stage) - before
        if opened:
            break
        await stage.sleep(0.5)
    if len(opened) != 1:  # none, or somebody else wrote at the same moment: theirs must not be touched
        return
    alert = await stage.product.alert(opened.pop())
    stage.own.update(alert.incident_ids)
    await stage.staff(alert.alert_id, Cast(stage.human))
    await stage.sleep(120)
    await stage.end(alert.alert_id, act.closing)


async def _confidential(stage: Stage) -> set[UUID]:
    """The open alerts for which the confidential advisers are paged."""
    return {alert.alert_id for alert in await stage.product.open_alerts() if alert.plan == "social-safety"}


async def _write(stage: Stage, browser: httpx.AsyncClient) -> bool:
    """Fill in the form as it is shown. False when the chat does not take it."""
    try:
        page = await _patiently(stage, browser, "GET", START, None)
        form = first_form(page.text, str(page.url))
        if form is not None:
            await _patiently(stage, browser, form.method.upper(), form.action, form)
    except Unexpected as error:
        log.warning("demonstration: the chat did not work: %s", error)
        return False
    return form is not None


async def _patiently(
    stage: Stage, browser: httpx.AsyncClient, method: str, url: str, form: Form | None
) -> httpx.Response:
    """A page, however long the service is away."""
    while True:
        try:
            page = await browser.request(method, url, data=form.filled(TEXT, WISHES) if form else None)
        except httpx.TransportError:
            page = None
        if page is not None and page.is_success:
            return page
        if page is not None and page.status_code not in BUSY:
            raise Unexpected(f"{method} {url}: {page.status_code} {page.text[:200]}")
        await stage.sleep(3)
