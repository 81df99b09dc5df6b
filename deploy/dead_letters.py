"""The dead letters of every service: found, shown, and sent again to the topic they came from.

They are read from the services' tables, where each has one row that remembers its replay; the `<topic>.dead` topics
hold the same records for other tools. A record that two services could not read has a row in both.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from shared.db import Connection, role_of
from shared.errors import Misconfigured
from shared.migrate import SERVICES
from shared.records import headers_from_json
from shared.wire import Outgoing

ID = "topic/partition/offset"
OWN = "-1"  # the partition of a record in our own outbox that is too large for Kafka


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where the record lay: what an operator names a dead letter by."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record as it came, which services could not read it, why, and when it was last sent again."""

    place: Place
    services: tuple[str, ...]
    record: Outgoing
    reason: str
    buried_at: datetime
    replayed_at: datetime | None


def place_of(text: str) -> Place:
    """`incidents.fire/3/1207`; Misconfigured when it is not of that form."""
    topic, _, rest = text.partition("/")
    partition, _, offset = rest.partition("/")
    if not (topic and (partition.isdecimal() or partition == OWN) and offset.isdecimal()):
        raise Misconfigured(f"{text!r} is no dead letter; meldkamer dead list shows them as {ID}")
    return Place(topic, int(partition), int(offset))


async def read_all(database_url: str) -> list[DeadLetter]:
    """Every dead letter once, in order of place; the first service's reason."""
    found: dict[Place, DeadLetter] = {}
    for service in SERVICES:
        async with connected(database_url, service) as connection:
            for letter in await _of_service(connection, service):
                known = found.get(letter.place)
                found[letter.place] = _joined(known, letter) if known else letter
    return [found[place] for place in sorted(found)]


async def mark_replayed(database_url: str, letter: DeadLetter, now: datetime) -> None:
    """Remember in each service's table that the letter was sent again."""
    for service in letter.services:
        async with connected(database_url, service) as connection:
            await connection.execute(
                'UPDATE dead_letters SET replayed_at = $4 WHERE topic = $1 AND partition = $2 AND "offset" = $3',
                letter.place.topic,
                letter.place.partition,
                letter.place.offset,
                now,
            )


def chosen(letters: Sequence[DeadLetter], places: Sequence[Place], again: bool) -> list[DeadLetter]:
    """Those of the places, in their order; Misconfigured when one is not there, or was sent again before."""
    by_place = {letter.place: letter for letter in letters}
    if unknown := [str(place) for place in places if place not in by_place]:
        raise Misconfigured(f"there is no dead letter {', '.join(unknown)}")
    wanted = [by_place[place] for place in dict.fromkeys(places)]
    if (done := [str(letter.place) for letter in wanted if letter.replayed_at]) and not again:
        raise Misconfigured(f"replayed before: {', '.join(done)}; --again replays once more")
    return wanted


@asynccontextmanager
async def connected(database_url: str, service: str) -> AsyncIterator[Connection]:
    """A connection as the service's role, in its schema."""
    settings = {"role": role_of(service), "search_path": service}
    connection = await asyncpg.connect(database_url, timeout=10, server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()


async def _of_service(connection: Connection, service: str) -> list[DeadLetter]:
    rows = await connection.fetch(
        """
        SELECT topic, partition, "offset", key, value, headers, reason, buried_at, replayed_at
        FROM dead_letters ORDER BY topic, partition, "offset"
        """
    )
    return [
        DeadLetter(
            Place(row["topic"], row["partition"], row["offset"]),
            (service,),
            Outgoing(row["topic"], row["key"], row["value"], headers_from_json(row["headers"])),
            row["reason"],
            row["buried_at"],
            row["replayed_at"],
        )
        for row in rows
    ]


def _joined(first: DeadLetter, second: DeadLetter) -> DeadLetter:
    """One letter of two services: replayed when either says so, because a replay goes to both."""
    replayed = max(filter(None, (first.replayed_at, second.replayed_at)), default=None)
    return DeadLetter(
        first.place, first.services + second.services, first.record, first.reason, first.buried_at, replayed
    )
