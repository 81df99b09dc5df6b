"""The people of the campus file enter an empty product once; from then on the database knows better."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp

from deploy.embedded import access
from deploy.embedded.jars import PartMissing
from deploy.embedded.settings import RunSettings
from shared.campus import Person

AT_ONCE = 8
MARKER = "people.json"


async def seed(alerting: str, admin_token: str, people: Sequence[Person], marker: Path | None = None) -> int:
    """Put everybody, and where they are to begin with, once and completely; how many were put.

    The marker in the state folder names those of whom that is not certain, so that a start after a failure or Ctrl-C
    puts them again; `[]` when all are in. A folder of an older version has none: who is there was perhaps changed
    since and stays, the others are put.
    """
    marker = marker or RunSettings().meldkamer_state / MARKER
    headers = {"Authorization": f"Bearer {admin_token}"}
    async with aiohttp.ClientSession(f"{alerting}/", headers=headers) as client:
        there = await _there(client)
        uncertain = await asyncio.to_thread(_read, marker)
        if there and uncertain == []:
            return 0
        chosen = [p for p in people if p.member_id not in there or p.member_id in (uncertain or ())]
        await asyncio.to_thread(access.write_private, marker, [person.member_id for person in chosen])
        turn = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(_put(client, turn, person) for person in chosen))
    await asyncio.to_thread(access.write_private, marker, [])
    return len(chosen)


def _read(marker: Path) -> list[str] | None:
    """The ids that it names; None when there is no marker."""
    ids: list[str] | None = json.loads(marker.read_text()) if marker.exists() else None
    return ids


async def _there(client: aiohttp.ClientSession) -> set[str]:
    """The ids of the members that alerting has."""
    async with client.get("v1/members") as answer:
        items = (await _good(answer))["items"]
    return {item["member_id"] for item in items}


async def _put(client: aiohttp.ClientSession, turn: asyncio.Semaphore, person: Person) -> None:
    """One member; a building only for those who say to be somewhere."""
    member = {
        "name": person.name,
        "language": person.language,
        "teams": person.teams,
        "functions": person.functions,
        "channels": [{"kind": channel.kind, "address": channel.address} for channel in person.channels],
    }
    path = f"v1/members/{person.member_id}"
    async with turn:
        async with client.put(path, json=member) as answer:
            await _good(answer)
        if person.building is not None:
            async with client.put(f"{path}/presence", json={"building": person.building}) as answer:
                await _good(answer)


async def _good(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    """The body of a 2xx; PartMissing with what was said otherwise."""
    if not answer.ok:
        raise PartMissing(f"{answer.method} {answer.url.path}: {answer.status} {(await answer.text())[:500]}")
    body: dict[str, Any] = await answer.json()
    return body
