"""What somebody who means harm can send to the chat: another's start page, floods of text, floods of chats."""

import re
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from services.intake.chat import store
from services.intake.chat.outlet import Sweeper
from services.intake.settings import Settings
from shared import clock
from shared.database import Database
from tests.integration.intake.browsing import CHAT, TEXT, browser, hidden, only_chat, start, step
from tests.integration.intake.desk import Intake, running

RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4}")
REFUSED = {"en": "This came from another website", "nl": "Dit kwam van een andere website"}
MANY = "Very many people write just now."
PERSONAL = "Mail jan@example.org"
FURTHER = re.compile(rf'href="({CHAT}/advise\?[^"]+)">(?:More conversations|Meer gesprekken)')


@pytest.mark.parametrize("language", REFUSED)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("name", ["start", "open", "write"])
async def test_what_another_site_sent_is_refused_and_nothing_of_it_is_on_our_page(
    intake: Intake, name: str, site: str, language: str
) -> None:
    async with browser(intake) as victim:
        _, receipt = await start(victim)
        sent = {"start_id": str(uuid4()), "message_id": str(uuid4()), "receipt": receipt, "text": "theirs"}
        headers = {"sec-fetch-site": site, "origin": "https://evil.test", "accept-language": language}
        page = await victim.post(CHAT, data={"step": name, **sent}, headers=headers)
        assert page.status_code == 403
        assert REFUSED[language] in page.text
        assert page.headers["cache-control"] == "no-store"
        assert [value for value in (*sent.values(), TEXT) if value in page.text] == []
        written = await step(victim, "start", start_id=hidden(page, "start_id"), text="mine")
        assert written.status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_our_own_page_may_send(intake: Intake, site: str) -> None:
    async with browser(intake) as writer:
        writer.headers.update({"sec-fetch-site": site, "origin": "null"})
        _, receipt = await start(writer)
        assert TEXT in (await step(writer, "open", receipt=receipt)).text


@pytest.mark.parametrize("text", ["", PERSONAL, "x" * 10_001])
async def test_an_id_that_somebody_else_chose_does_not_come_back_with_our_page(intake: Intake, text: str) -> None:
    async with browser(intake) as attacker:
        known = str(uuid4())
        page = await step(attacker, "start", start_id=known, text=text)
        assert page.status_code == 422
        assert known not in page.text


async def test_another_text_under_the_same_start_page_gets_neither_number_nor_conversation(
    intake: Intake, adviser: httpx.AsyncClient
) -> None:
    async with browser(intake) as writer, browser(intake) as attacker:
        known = hidden(await writer.get(CHAT), "start_id")
        assert TEXT in (await step(writer, "start", start_id=known, text=TEXT)).text
        page = await step(attacker, "start", start_id=known, text="my own words")
        assert page.status_code == 422
        assert "This page is out of date." in page.text
        assert TEXT not in page.text
        assert RECEIPT.search(page.text) is None
        assert "my own words" in page.text, "what was typed comes back"
        read = (await adviser.get(await only_chat(adviser))).text
        assert "my own words" not in read
        again = await step(attacker, "start", start_id=hidden(page, "start_id"), text="my own words")
        assert RECEIPT.search(again.text), "sent once more it is a chat of its own"


async def test_a_start_page_whose_chat_has_lost_its_text_shows_no_number(
    intake: Intake, adviser: httpx.AsyncClient
) -> None:
    database = Database(intake.settings.database_url, "intake")
    async with database, browser(intake) as writer:
        known = hidden(await writer.get(CHAT), "start_id")
        await step(writer, "start", start_id=known, text=TEXT)
        await adviser.post(f"{await only_chat(adviser)}/close")
        assert await Sweeper(database, keep_days=30).sweep(clock.now() + timedelta(days=31)) == 1
        page = await step(writer, "start", start_id=known, text=TEXT)
        assert page.status_code == 422
        assert RECEIPT.search(page.text) is None
        assert TEXT in page.text, "what was typed comes back"


async def test_there_is_room_for_a_text_before_it_is_read(settings: Settings) -> None:
    few = settings.model_copy(update={"intake_chat_per_minute": 1})
    async with running(few) as intake, browser(intake) as writer:
        _, receipt = await start(writer)
        page = await step(writer, "start", start_id=str(uuid4()), text=PERSONAL)
        assert MANY in page.text
        assert PERSONAL in page.text
        more = {"receipt": receipt, "message_id": str(uuid4()), "text": PERSONAL}
        pages = [await step(writer, "write", **more) for _ in range(11)]
        assert [MANY in page.text for page in pages] == [False] * 10 + [True]


async def test_an_adviser_can_go_on_to_the_chats_that_a_flood_pushed_down(
    intake: Intake, adviser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PAGE", 2)
    async with browser(intake) as writer:
        await start(writer)
        first = await only_chat(adviser)
        await adviser.get(first)  # seen: it is the last of the list now
        for _ in range(4):
            await start(writer)
    found, address = [], f"{CHAT}/advise"
    for language in ("en", "nl", "en"):
        page = await adviser.get(address, headers={"accept-language": language})
        found += re.findall(rf'href="({CHAT}/advise/[0-9a-f-]+)"', page.text)
        further = FURTHER.search(page.text)
        address = further[1].replace("&amp;", "&") if further else ""
    assert len(found) == len(set(found)) == 5
    assert found[-1] == first
    assert address == "", "there is nothing further"


async def test_a_chat_that_is_read_meanwhile_does_not_hide_another(
    intake: Intake, adviser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PAGE", 2)
    async with browser(intake) as writer:
        for _ in range(4):
            await start(writer)
    page = await adviser.get(f"{CHAT}/advise")
    links = re.findall(rf'href="({CHAT}/advise/[0-9a-f-]+)"', page.text)
    for link in links:
        await adviser.get(link)
    further = FURTHER.search(page.text)
    assert further
    rest = await adviser.get(further[1].replace("&amp;", "&"))
    found = re.findall(rf'href="({CHAT}/advise/[0-9a-f-]+)"', rest.text)
    assert len(set(found) - set(links)) == 2
