"""A whole chat, and that nothing of it can be found where it must not be."""

import asyncio
import logging
import re

import httpx
import pytest

from shared.words import Confidentiality, Kind
from tests.integration.intake.browsing import (
    AGENT,
    ANSWER,
    CHAT,
    TEXT,
    answered,
    browser,
    everything_kept,
    hidden,
    only_chat,
    start,
    step,
)
from tests.integration.intake.desk import CLIENT, Intake


async def test_a_whole_chat_works_and_leaves_nothing_to_be_found(
    intake: Intake, adviser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with browser(intake) as writer:
        _, receipt = await start(writer, building="HORST")
        ((topic, key, incident),) = await intake.records(1)
        link = await only_chat(adviser)
        assert TEXT in (await adviser.get(link)).text
        await answered(adviser, link)
        read = await step(writer, "open", receipt=receipt)
        assert TEXT in read.text
        assert ANSWER in read.text
        assert dict(writer.cookies) == {}

    assert (topic, key) == ("incidents.chat", link.rsplit("/", 1)[1])
    assert (incident.kind, incident.confidentiality) == (Kind.SOCIAL_SAFETY, Confidentiality.CONFIDENTIAL)
    assert incident.location.building == "HORST"
    places = {
        "topic": incident.model_dump_json(),
        "log": caplog.text,
        "metrics": (await intake.http.get("/intake/metrics")).text,
        "tables": await everything_kept(intake.settings),
    }
    words = (receipt, receipt.replace(" ", ""), TEXT, ANSWER, CLIENT, AGENT)
    secrets = words + tuple(word.encode().hex() for word in words)  # PostgreSQL shows bytes as hex
    assert [(place, secret) for place, text in places.items() for secret in secrets if secret in text] == []


async def test_the_page_keeps_nothing_and_says_nothing(intake: Intake) -> None:
    async with browser(intake) as writer:
        page, receipt = await start(writer)
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in page.headers
        assert str(page.url).endswith(CHAT)
        assert "<title>Contact</title>" in page.text
        for number in ("tel:112", "tel:113", "tel:053-4892222"):
            assert number in page.text
        again = await step(writer, "open", receipt=receipt)
        assert receipt not in again.text, "the number is shown once"


async def test_leaving_goes_elsewhere_and_empties_the_browser(intake: Intake) -> None:
    answer = await intake.http.get(f"{CHAT}/leave")
    assert answer.status_code == 303
    assert "campus.test" not in answer.headers["location"]
    assert '"cache"' in answer.headers["clear-site-data"]


async def test_sending_the_first_message_twice_is_one_chat_with_one_number(intake: Intake) -> None:
    async with browser(intake) as writer:
        start_id = hidden(await writer.get(CHAT), "start_id")
        pages = await asyncio.gather(
            *(step(writer, "start", start_id=start_id, text=TEXT) for _ in range(3))
        )  # fmt: skip
        assert len({re.findall(r"\d{4} \d{4} \d{4} \d{4}", page.text)[0] for page in pages}) == 1
    await intake.records(1)
    await intake.nothing_more()


async def test_a_writer_is_warned_before_something_personal_is_sent(intake: Intake) -> None:
    async with browser(intake) as writer:
        start_id = hidden(await writer.get(CHAT), "start_id")
        text = "Mail jan@example.org"
        warned = await step(writer, "start", start_id=start_id, text=text)
        assert warned.status_code == 422
        assert "an e-mail address" in warned.text
        assert text in warned.text, "what was written comes back"
        sent = await step(writer, "start", start_id=start_id, text=text, sure="yes")
        assert sent.status_code == 200


@pytest.mark.parametrize("receipt", ["1234 5678 9012 3456", "12", ""])
async def test_a_wrong_number_opens_nothing(intake: Intake, receipt: str) -> None:
    async with browser(intake) as writer:
        page = await step(writer, "open", receipt=receipt)
        assert page.status_code == 422
        assert 'role="alert"' in page.text
