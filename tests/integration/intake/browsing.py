"""What the tests of the chat do in a browser, and where they look for what must not be there."""

import re

import asyncpg
import httpx

from services.intake.settings import Settings
from tests.integration.intake.desk import Intake

CHAT = "/intake/chat"
TEXT = "Een docent maakt steeds opmerkingen"
ANSWER = "Wil je erover praten?"
AGENT = "Mozilla/5.0 (a browser of this test)"


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
