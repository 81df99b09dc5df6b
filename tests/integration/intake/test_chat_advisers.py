"""Who reads a chat, when the advisers are called, and what happens while something is away."""

from datetime import timedelta
from uuid import uuid4

import httpx

from services.intake.chat.outlet import Sweeper
from services.intake.settings import Settings
from shared import clock
from shared.database import Database
from shared.words import Kind
from tests.integration.intake.browsing import CHAT, TEXT, answered, browser, hidden, log_in, only_chat, start, step
from tests.integration.intake.desk import Intake, find_database, lose_database, running


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
        assert hidden(page, "start_id") == start_id, "it may have been saved all the same"
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


async def test_its_title_says_no_more_than_its_kind(intake: Intake) -> None:
    await intake.post("/incidents", {"kind": "medical", "confidentiality": "confidential", "title": TEXT, "text": TEXT})
    ((_, _, incident),) = await intake.records(1)
    assert incident.title == "Medische hulp"


async def test_the_text_of_a_closed_chat_is_gone_after_the_days_promised(
    intake: Intake, adviser: httpx.AsyncClient
) -> None:
    database = Database(intake.settings.database_url, "intake")
    sweeper = Sweeper(database, keep_days=30)
    async with database, browser(intake) as writer:
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
