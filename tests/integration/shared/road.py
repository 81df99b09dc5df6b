"""A topic with its dead letters, a producer, and a consumer that can be started and stopped."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError

from deploy.embedded.kafka import Kafka
from shared import db, outbox
from shared.delivery import Delivery
from shared.events import Event, IncidentReported, Location, Source
from shared.kafka import Group, consumer_broker, keep_running, subscribe
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


class HiddenEnd:
    """A start that waits for ever and makes an error of its own of its cancellation, as aiokafka does without Kafka."""

    def __init__(self) -> None:
        self._starting = asyncio.Event()

    async def start(self) -> None:
        """In the place of the client library's."""
        self._starting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise KafkaConnectionError from None

    async def ends(self, run: Coroutine[object, object, None]) -> bool:
        """Whether what starts so ends within 5 s when it is told to."""
        running = asyncio.create_task(run)
        await self._starting.wait()
        running.cancel()
        await asyncio.wait([running], timeout=5)
        return running.cancelled()


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
        subscription = subscribe(broker, (self.topic,), Group(f"{group}-{self.topic}", 6_000), delivery)
        tasks = [asyncio.create_task(keep_running(subscription)), asyncio.create_task(relay.run())]
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
