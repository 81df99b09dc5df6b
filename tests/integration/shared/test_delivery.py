"""The delivery wrapper on a real broker and a real database: nothing lost, nothing twice, poison set aside."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded.kafka import Kafka
from shared import db, outbox
from shared.delivery import Delivery
from shared.events import Event, IncidentReported, Location, Source
from shared.kafka import consumer_broker, keep_running, subscribe
from shared.publish import Publisher
from shared.wire import Outgoing, encode, event_id
from shared.words import Category, Kind, Severity

AT = datetime(2026, 3, 2, 14, 3, 9, tzinfo=UTC)


def incident(number: int = 0) -> IncidentReported:
    """A fire alarm of a detector."""
    return IncidentReported(
        incident_id=uuid4(),
        kind=Kind.FIRE_ALARM,
        category=Category.BUILDINGS_LABS,
        severity=Severity.SEVERE,
        occurred_at=AT,
        received_at=AT,
        location=Location(building="HORST"),
        source=Source(system="panel", device=f"detector {number}"),
    )


class Seen:
    """A handler that writes down what acts, and fails as told."""

    def __init__(self) -> None:
        self.ids: list[UUID] = []
        self.batches: list[int] = []
        self.changed = asyncio.Condition()
        self.fail: Callable[[Sequence[Event]], Exception | None] = lambda _: None

    async def on_events(self, events: Sequence[Event], tx: db.Connection, now: datetime) -> None:  # noqa: ARG002
        """Keep the events when their transaction commits (all of this happens inside it)."""
        if error := self.fail(events):
            raise error
        async with self.changed:
            self.ids += [event_id(event) for event in events]
            self.batches.append(len(events))
            self.changed.notify_all()

    async def wait_for(self, count: int) -> None:
        """Until so many events acted."""
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: len(self.ids) >= count), 15)


class Road:
    """A topic, a producer, and a consumer that can be started and stopped."""

    def __init__(self, kafka: Kafka, pool: db.Pool, publisher: Publisher, topic: str) -> None:
        self.topic = topic
        self.pool = pool
        self.publisher = publisher
        self._kafka = kafka

    async def send(self, *events: Event) -> None:
        """Publish to the topic."""
        await self.publisher.publish_all([encode(self.topic, "HORST", event, "test") for event in events])

    async def send_raw(
        self, value: bytes | None, headers: Sequence[tuple[str, bytes | None]], key: bytes | None = b"HORST"
    ) -> None:
        """Publish any record."""
        await self.publisher.publish(Outgoing(self.topic, key, value, tuple(headers)))

    @contextlib.asynccontextmanager
    async def consumer(self, seen: Seen, group: str = "test-a", dead_limit: int = 1000) -> AsyncIterator[Delivery]:
        """A running consumer with its relay."""
        relay = outbox.Relay(self.pool, self.publisher)
        delivery = Delivery(group, self.pool, seen.on_events, relay.wake, dead_limit)
        broker = consumer_broker(self._kafka.bootstrap_servers, group)
        subscribe(broker, (self.topic,), f"{group}-{self.topic}", delivery)
        tasks = [asyncio.create_task(keep_running(broker)), asyncio.create_task(relay.run())]
        try:
            yield delivery
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def dead(self, count: int) -> list[tuple[bytes | None, bytes | None, dict[str, bytes]]]:
        """The first records of the dead-letter topic: key, value, headers."""
        consumer = AIOKafkaConsumer(
            f"{self.topic}.dead", bootstrap_servers=self._kafka.bootstrap_servers, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            records = [await asyncio.wait_for(consumer.getone(), 10) for _ in range(count)]
        finally:
            await consumer.stop()
        return [(r.key, r.value, dict(r.headers)) for r in records]

    async def ledger(self, consumer: str = "test-a") -> asyncpg.Record | None:
        """The ledger's row of the one partition."""
        return await self.pool.fetchrow("SELECT * FROM ledger WHERE consumer = $1", consumer)


@pytest.fixture
async def road(kafka: Kafka, database_url: str) -> AsyncIterator[Road]:
    """A topic of this test's own with one partition, and its dead-letter topic."""
    topic = f"test.{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1), NewTopic(f"{topic}.dead", 1, 1)])
    await admin.close()
    pool = await db.open_pool(database_url, "alerting")
    publisher = Publisher(kafka.bootstrap_servers, "test")
    running = asyncio.create_task(publisher.run())
    while publisher.not_ready:
        await asyncio.sleep(0.01)
    yield Road(kafka, pool, publisher, topic)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await pool.close()


async def test_every_event_acts_once_in_order(road: Road) -> None:
    sent = [incident(n) for n in range(1200)]
    await road.send(*sent)
    seen = Seen()
    async with road.consumer(seen):
        await seen.wait_for(len(sent))
    assert seen.ids == [event.incident_id for event in sent]
    assert max(seen.batches) > 1
    row = await road.ledger()
    assert row is not None
    assert (row["first_offset"], row["next_offset"], row["missing"]) == (0, 1200, 0)


async def test_an_event_that_comes_twice_acts_once(road: Road) -> None:
    event, other = incident(), incident()
    await road.send(event, event)
    seen = Seen()
    async with road.consumer(seen):
        await seen.wait_for(1)
        await road.send(event)
        await road.send(other)
        await seen.wait_for(2)
    assert seen.ids == [event.incident_id, other.incident_id]


async def test_two_replicas_with_one_inbox_act_once_between_them(road: Road) -> None:
    sent = [incident(n) for n in range(300)]
    a, b = Seen(), Seen()
    async with road.consumer(a, "test-a"), road.consumer(b, "test-b"):
        for event in sent:
            await road.send(event)
        async with asyncio.timeout(10):
            while len(a.ids) + len(b.ids) < len(sent):
                await asyncio.sleep(0.01)
    assert sorted(a.ids + b.ids) == sorted(event.incident_id for event in sent)


BAD = [
    (b"not json", [("ce_type", b"nl.meldkamer.incident.reported.v1")], "Invalid JSON"),
    (b"{}", [("ce_type", b"nl.meldkamer.incident.reported.v1")], "Field required"),
    (b"{}", [("ce_type", b"nl.meldkamer.incident.reported.v9")], "unknown ce_type"),
    (b"{}", [], "unknown ce_type ''"),
    (b"{}", [("ce_type", b"nl.meldkamer.incident.reported.v1"), ("x", b"\xff\xfe")], "header 'x' is not UTF-8"),
    (b"{}", [("ce_type", b"nl.meldkamer.incident.reported.v1"), ("x", None)], "header 'x' is null"),
    (None, [("ce_type", b"nl.meldkamer.incident.reported.v1")], "no value"),
]


@pytest.mark.parametrize(("value", "headers", "reason"), BAD, ids=[reason for _, _, reason in BAD])
async def test_poison_goes_to_the_dead_letters_as_it_came_and_the_partition_goes_on(
    road: Road, value: bytes | None, headers: list[tuple[str, bytes | None]], reason: str
) -> None:
    before, after = incident(), incident()
    await road.send(before)
    await road.send_raw(value, headers, key=b"\xfe key")
    await road.send(after)
    seen = Seen()
    async with road.consumer(seen):
        await seen.wait_for(2)
        ((key, dead_value, dead_headers),) = await road.dead(1)
    assert seen.ids == [before.incident_id, after.incident_id]
    assert (key, dead_value) == (b"\xfe key", value)
    assert dict(headers).items() <= dead_headers.items()
    assert dead_headers["dead_topic"] == road.topic.encode()
    assert (dead_headers["dead_partition"], dead_headers["dead_offset"]) == (b"0", b"1")
    assert reason in dead_headers["dead_reason"].decode()
    row = await road.ledger()
    assert row is not None
    assert (row["next_offset"], row["missing"]) == (3, 0)


async def test_one_guilty_event_in_a_batch_is_found_and_only_it_is_set_aside(road: Road) -> None:
    sent = [incident(n) for n in range(20)]
    guilty = sent[13]
    seen = Seen()
    seen.fail = lambda events: ValueError("cannot handle it") if guilty in events else None
    await road.send(*sent)
    async with road.consumer(seen):
        await seen.wait_for(19)
        ((_, value, headers),) = await road.dead(1)
    assert seen.ids == [e.incident_id for e in sent if e is not guilty]
    assert value is not None
    assert str(guilty.incident_id).encode() in value
    assert headers["dead_reason"] == b"ValueError: cannot handle it"


async def test_a_transient_error_is_tried_again_until_it_works(road: Road) -> None:
    failures = iter([asyncpg.ConnectionDoesNotExistError("gone"), asyncpg.TooManyConnectionsError("full"), OSError()])
    seen = Seen()
    seen.fail = lambda _: next(failures, None)
    event = incident()
    await road.send(event)
    async with road.consumer(seen):
        await seen.wait_for(1)
    assert seen.ids == [event.incident_id]
    assert await road.pool.fetchval("SELECT count(*) FROM dead_letters") == 0


async def test_a_consumer_that_only_produces_dead_letters_stops_and_says_so(road: Road) -> None:
    await road.send(*[incident(n) for n in range(10)])
    seen = Seen()
    seen.fail = lambda _: ValueError("a bad release")
    async with road.consumer(seen, dead_limit=3) as delivery:
        async with asyncio.timeout(15):
            while delivery.progress.halted is None:
                await asyncio.sleep(0.01)
    assert "3 dead letters in a row" in delivery.progress.halted
    assert await road.pool.fetchval("SELECT count(*) FROM dead_letters") == 3


async def test_an_offset_that_was_never_seen_is_counted_as_missing(road: Road) -> None:
    from shared import delivery_store
    from shared.delivery_store import Run

    async with db.transaction(road.pool) as tx:
        assert await delivery_store.note_offsets(tx, "test-a", [Run("t", 0, 0, 4, 0)]) == 0
        assert await delivery_store.note_offsets(tx, "test-a", [Run("t", 0, 3, 6, 0)]) == 0
        assert await delivery_store.note_offsets(tx, "test-a", [Run("t", 0, 9, 9, 0)]) == 2


async def test_what_leaves_with_a_transaction_that_fails_does_not_leave(road: Road) -> None:
    relay = outbox.Relay(road.pool, road.publisher)
    event = incident()
    with contextlib.suppress(ZeroDivisionError):
        async with db.transaction(road.pool) as tx:
            await outbox.put(tx, [encode(road.topic, "HORST", event, "test")], AT)
            raise ZeroDivisionError
    assert await relay.relay_batch() == 0
    async with db.transaction(road.pool) as tx:
        await outbox.put(tx, [encode(road.topic, "HORST", event, "test")], AT)
    assert await relay.relay_batch() == 1
    assert await relay.relay_batch() == 0


async def test_records_are_plain_cloudevents(road: Road, kafka: Kafka) -> None:
    from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
    from cloudevents.core.formats.json import JSONFormat

    event = incident()
    await road.send(event)
    consumer = AIOKafkaConsumer(
        road.topic, bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()
    record = await consumer.getone()
    await consumer.stop()
    read = from_binary_event(KafkaMessage(dict(record.headers), record.key, record.value), JSONFormat())
    assert read.get_id() == str(event.incident_id)
    assert read.get_type() == "nl.meldkamer.incident.reported.v1"
    assert read.get_data()["kind"] == "fire.alarm"


def test_the_producer_of_aiokafka_takes_headers_of_any_bytes() -> None:
    """What `Outgoing` relies on: (name, bytes or None) pairs."""
    assert AIOKafkaProducer.send.__doc__ is not None
