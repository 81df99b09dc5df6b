"""A whole chat, and that nothing of it can be found where it must not be."""

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.intake.chat.outlet import Sweeper
from services.intake.database import Database
from services.intake.settings import Settings
from shared import clock
from shared.auth import hash_password
from shared.words import Confidentiality, Kind
from tests.integration.intake.desk import CLIENT, Intake, find_database, lose_database, running

CHAT = "/intake/chat"
TEXT = "Een docent maakt steeds opmerkingen"
ANSWER = "Wil je erover praten?"
AGENT = "Mozilla/5.0 (a browser of this test)"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """With the accounts of an adviser and an operator."""
    accounts = tmp_path / "accounts.json"
    rows = [("adviser", "confidential_adviser"), ("operator", "operator")]
    accounts.write_text(
        json.dumps([{"username": n, "password_hash": hash_password("pw"), "role": role} for n, role in rows])
    )
    return settings.model_copy(update={"meldkamer_accounts": accounts})


@pytest.fixture
async def adviser(intake: Intake) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which an adviser has logged in."""
    async with browser(intake) as client:
        await log_in(client, "adviser")
        yield client


def browser(intake: Intake) -> httpx.AsyncClient:
    """Another browser on the same service."""
    return httpx.AsyncClient(
        transport=intake.http._transport,
        base_url="http://campus.test",
        headers={"user-agent": AGENT, "accept-language": "en"},
    )


async def log_in(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.post("/intake/login", data={"username": name, "password": "pw"})
    assert answer.status_code == 303


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no field {name}"
    return found[1]


async def start(client: httpx.AsyncClient, text: str = TEXT, **more: str) -> tuple[httpx.Response, str]:
    """Write a first message; the page that came, and the receipt on it."""
    empty = await client.get(CHAT)
    page = await client.post(CHAT, data={"step": "start", "start_id": hidden(empty, "start_id"), "text": text, **more})
    assert page.status_code == 200, page.text
    shown = re.search(r"\d{4} \d{4} \d{4} \d{4}", page.text)
    assert shown
    return page, shown[0]


async def step(client: httpx.AsyncClient, name: str, **fields: str) -> httpx.Response:
    return await client.post(CHAT, data={"step": name, **fields})


async def only_chat(adviser: httpx.AsyncClient) -> str:
    """The address of the one conversation in the advisers' list."""
    listed = await adviser.get(f"{CHAT}/advise")
    (link,) = re.findall(rf'href="({CHAT}/advise/[0-9a-f-]+)"', listed.text)
    return str(link)


async def answered(adviser: httpx.AsyncClient, link: str, text: str = ANSWER) -> None:
    page = await adviser.get(link)
    reply = await adviser.post(link, data={"message_id": hidden(page, "message_id"), "text": text})
    assert reply.status_code == 303


TABLES = {"conversations", "conversation_keys", "messages", "outbox", "inbox", "ledger", "dead_letters", "source_keys"}


async def everything_kept(settings: Settings) -> str:
    """Every row of every table of intake as text."""
    connection = await asyncpg.connect(settings.database_url, server_settings={"search_path": "intake"})
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'intake'")
        assert {row["tablename"] for row in tables} == TABLES, "add the new table to what is searched"
        rows = await connection.fetch(
            """
            SELECT t::text FROM conversations t UNION ALL SELECT t::text FROM conversation_keys t
            UNION ALL SELECT t::text FROM messages t UNION ALL SELECT t::text FROM outbox t
            UNION ALL SELECT t::text FROM inbox t UNION ALL SELECT t::text FROM ledger t
            UNION ALL SELECT t::text FROM dead_letters t UNION ALL SELECT t::text FROM source_keys t
            """
        )
    finally:
        await connection.close()
    assert len(rows) > len(TABLES)
    return "\n".join(row[0] for row in rows)


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
    secrets = (receipt, receipt.replace(" ", ""), TEXT, TEXT.encode().hex(), ANSWER, CLIENT, AGENT)
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


async def test_the_advisers_are_called_again_when_there_is_news_for_them(
    intake: Intake, adviser: httpx.AsyncClient
) -> None:
    async with browser(intake) as writer:
        page, receipt = await start(writer)
        first = (await intake.incidents(1))[0]
        await step(writer, "write", receipt=receipt, message_id=hidden(page, "message_id"), text="and more")
        await intake.nothing_more()
        await answered(adviser, await only_chat(adviser))
        await step(writer, "write", receipt=receipt, message_id=str(uuid4()), text="thank you")
        second = (await intake.incidents(1))[0]
    assert first.incident_id != second.incident_id


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


async def test_nobody_but_an_adviser_reads_a_chat(intake: Intake, adviser: httpx.AsyncClient) -> None:
    async with browser(intake) as writer, browser(intake) as operator:
        await start(writer)
        link = await only_chat(adviser)
        await log_in(operator, "operator")
        for address in (f"{CHAT}/advise", link):
            assert (await operator.get(address)).status_code == 403
            assert (await writer.get(address)).status_code == 303, "asked to log in"
        assert (await operator.post(link, data={"text": "x", "message_id": str(uuid4())})).status_code == 403


async def test_an_answer_from_another_site_is_refused(intake: Intake, adviser: httpx.AsyncClient) -> None:
    async with browser(intake) as writer:
        await start(writer)
        link = await only_chat(adviser)
        headers = {"origin": "https://evil.test", "sec-fetch-site": "cross-site"}
        answer = await adviser.post(link, data={"text": "x", "message_id": str(uuid4())}, headers=headers)
        assert answer.status_code == 403


async def test_while_kafka_is_away_a_chat_goes_on(settings: Settings) -> None:
    async with running(settings, kafka_away=True) as intake, browser(intake) as writer:
        _, receipt = await start(writer)
        assert TEXT in (await step(writer, "open", receipt=receipt)).text
    async with running(settings) as intake:
        assert (await intake.incidents(1))[0].kind is Kind.SOCIAL_SAFETY, "it leaves when Kafka is back"


async def test_while_postgresql_is_away_what_was_written_comes_back(intake: Intake) -> None:
    async with browser(intake) as writer:
        start_id = hidden(await writer.get(CHAT), "start_id")
        await lose_database(intake.settings.database_url)
        page = await step(writer, "start", start_id=start_id, text=TEXT)
        assert page.status_code == 503
        assert TEXT in page.text
        await find_database(intake.settings.database_url)
        assert (await step(writer, "start", start_id=start_id, text=TEXT)).status_code == 200


async def test_a_confidential_report_of_a_machine_is_the_advisers_to_read(
    intake: Intake, adviser: httpx.AsyncClient
) -> None:
    report = {"kind": "social_safety", "text": TEXT, "source": {"external_id": "5"}, "location": {"building": "CARRE"}}
    first, again = [(await intake.post("/incidents", report)).json() for _ in range(2)]
    assert first == again
    ((topic, _, incident),) = await intake.records(1)
    await intake.nothing_more()
    assert topic == "incidents.chat"
    assert str(incident.incident_id) == first["incident_id"]
    assert TEXT not in incident.model_dump_json()
    assert TEXT in (await adviser.get(await only_chat(adviser))).text


async def test_the_text_of_a_closed_chat_is_gone_after_the_days_promised(
    intake: Intake, adviser: httpx.AsyncClient
) -> None:
    database = Database(intake.settings.database_url)
    sweeper = Sweeper(database, keep_days=30)
    await database.run()
    async with browser(intake) as writer, contextlib.AsyncExitStack() as stack:
        stack.callback(database.close)
        _, receipt = await start(writer)
        link = await only_chat(adviser)
        assert await sweeper.sweep(clock.now() + timedelta(days=400)) == 0, "an open chat stays"
        await adviser.post(f"{link}/close")
        assert await sweeper.sweep(clock.now() + timedelta(days=29)) == 0
        assert await sweeper.sweep(clock.now() + timedelta(days=31)) == 1
        page = await step(writer, "open", receipt=receipt)
        assert "its text has been deleted" in page.text
        assert TEXT not in page.text
        more = await step(writer, "write", receipt=receipt, message_id=str(uuid4()), text="still there?")
        assert "its text has been deleted" in more.text
