"""The people of the campus file enter an empty product once; from then on the database knows better."""

import asyncio
from collections.abc import Sequence

import aiohttp

from deploy.embedded.jars import PartMissing
from shared.campus import Person

AT_ONCE = 8


async def seed(alerting: str, admin_token: str, people: Sequence[Person]) -> int:
    """Put everybody, and where they are to begin with, unless there is anybody; how many were put."""
    headers = {"Authorization": f"Bearer {admin_token}"}
    async with aiohttp.ClientSession(f"{alerting}/", headers=headers) as client:
        async with client.get("v1/members") as answer:
            if (await _good(answer))["items"]:
                return 0
        turn = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(_put(client, turn, person) for person in people))
    return len(people)


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


async def _good(answer: aiohttp.ClientResponse) -> dict[str, object]:
    """The body of a 2xx; PartMissing with what was said otherwise."""
    if not answer.ok:
        raise PartMissing(f"{answer.method} {answer.url.path}: {answer.status} {(await answer.text())[:500]}")
    body: dict[str, object] = await answer.json()
    return body
