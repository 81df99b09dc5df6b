"""A message that nobody can read stops nothing and is not lost."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared import topics, wire
from shared.events import TYPE_OF, IncidentReported, Location, Source
from shared.words import Category, Kind, Severity
from tests.e2e import records
from tests.e2e.campus import Campus, new_name
from tests.e2e.product import Product
from tests.e2e.records import Record
from tests.e2e.times import until

READERS = {"alerting": "alerting-a", "reporting": "reporting"}


@dataclass(frozen=True, slots=True)
class Poison:
    """A record that no consumer can read, and a word of the reason it must give."""

    topic: topics.Topic
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    reason: str

    def is_in(self, letter: Record) -> bool:
        """Whether a dead letter holds this, byte for byte, and says why."""
        kept = (letter.key, letter.value, tuple(letter.headers)[: len(self.headers)])
        return kept == (self.key, self.value, self.headers) and self.reason in told(letter)["dead_reason"]


def told(letter: Record) -> dict[str, str]:
    """What was added to a dead letter: where it was, why it died, who says so."""
    return {name: value.decode() for name, value in letter.headers if name.startswith("dead_")}


def poisons(topic: topics.Topic, key: str) -> Iterator[Poison]:
    """Of each sort one: a body that is no JSON, a header that is no text, no body, an unknown type."""
    good = (("ce_type", TYPE_OF[topic.event].encode()), ("ce_id", new_name().encode()))
    yield Poison(topic, key.encode(), b'{"half', good, "JSON")
    yield Poison(topic, key.encode(), b"{}", (*good, ("ce_source", b"\xff\xfe")), "UTF-8")
    yield Poison(topic, key.encode(), None, good, "no value")
    yield Poison(topic, key.encode(), b"{}", (("ce_type", b"nl.meldkamer.never.v9"),), "nl.meldkamer.never.v9")


async def sent(product: Product, poison: list[Poison]) -> list[tuple[Poison, int, int]]:
    """Put them on their topics: each with the partition and offset it got."""
    async with records.sender(product.kafka.bootstrap_servers) as producer:
        return [
            (p, answer.partition, answer.offset)
            for p in poison
            for answer in [await producer.send_and_wait(p.topic.name, p.value, key=p.key, headers=list(p.headers))]
        ]


async def chatted(product: Product, key: str) -> None:
    """A student in need, as intake says so on `incidents.chat`."""
    now = datetime.now(UTC)
    event = IncidentReported(
        incident_id=UUID(new_name()),
        kind=Kind.PSYCHOLOGICAL,
        category=Category.EMPLOYEES_STUDENTS,
        severity=Severity.SEVERE,
        occurred_at=now,
        received_at=now,
        location=Location(building=key),
        source=Source(system="chat"),
    )
    record = wire.encode(topics.CHAT.name, key, event, "intake")
    async with records.sender(product.kafka.bootstrap_servers) as producer:
        await producer.send_and_wait(record.topic, record.value, key=record.key, headers=list(record.headers))


@pytest.mark.timeout(40)
async def test_a_poison_message_on_any_topic_is_put_aside_and_what_comes_after_it_acts(campus: Campus) -> None:
    product = campus.product
    own, security = await campus.crew(others=2), await campus.team("security")
    intervention = await campus.team("interventiegroep")
    alarm = await campus.press("detector 12")
    await own.expect_page(step=1)
    await own.answer("coming")
    alert = await alarm.alert()
    await alert.expects(state="staffed")
    keys = {topic: alert.alert_id if topic in (topics.ALERTS, topics.PAGES) else campus.home for topic in topics.TOPICS}
    poison = await sent(product, [p for topic in topics.TOPICS for p in poisons(topic, keys[topic])])

    await campus.press("detector 12", zone="7")
    await own.expect("update")
    await campus.reports("access.forced")
    await security.expect_page(step=1)
    await campus.reports("traffic.accident")
    await campus.reports("medical")
    await asyncio.gather(security.expect_page(step=1), own.expect_page(step=1))
    await chatted(product, campus.home)
    await intervention.expect_page(step=1)
    for phone in own.phones[:2]:
        await phone.answers("coming")
    await own.phones[2].expects("stand_down")

    assert len((await alert.is_shown())["incident_ids"]) == 2
    await until(lambda: buried(product, poison), 10, every=0.2)


async def buried(product: Product, poison: list[tuple[Poison, int, int]]) -> bool:
    """Whether each is on its dead-letter topic, once for each service that reads the topic."""
    letters = await records.read(product.kafka.bootstrap_servers, [topic.dead for topic in topics.TOPICS])
    for each, partition, offset in poison:
        place = {"dead_topic": each.topic.name, "dead_partition": str(partition), "dead_offset": str(offset)}
        found = [x for x in letters if x.topic == each.topic.dead and place.items() <= told(x).items()]
        if len(found) < len(each.topic.consumers):
            return False
        assert sorted(told(x)["dead_consumer"] for x in found) == [READERS[name] for name in each.topic.consumers]
        assert all(each.is_in(letter) for letter in found), (each, found)
    return True
