"""Kafka refuses what comes late, never what comes from a clock that differs from its own."""

import asyncio
import contextlib
import logging
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import InvalidTimestampError

from deploy.embedded.kafka import Kafka
from shared import metrics, topics
from shared.errors import Refused
from shared.publish import Publisher
from shared.stamps import Stamps
from shared.wire import Outgoing

MINUTE, HOUR, YEAR = 60.0, 3600.0, 365 * 86_400.0
NEAR_S, FROZEN_S, PARTITIONS = 1.0, 4.0, 3  # frozen after the 1.5 s in which everything was refused


@pytest.fixture(scope="module")
def kafka() -> Iterator[Kafka]:
    """A broker of these tests' own: they freeze it, and let its clock jump."""
    with tempfile.TemporaryDirectory(prefix="meldkamer-clocks-", ignore_cleanup_errors=True) as folder:
        broker = Kafka(Path(folder))
        asyncio.run(_start(broker))
        yield broker
        asyncio.run(broker.stop())


async def _start(broker: Kafka) -> None:
    await broker.start()
    await broker.ready()
    await topics.create(broker.bootstrap_servers, partitions=PARTITIONS)


async def accepted(publisher: Publisher, outgoing: Outgoing) -> None:
    """A broker that was frozen comes back to its duties when it can: send until it takes the record."""
    async with asyncio.timeout(15):
        while True:
            with contextlib.suppress(Refused):
                return await publisher.publish(outgoing)


@pytest.fixture
async def admin(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    """For topics and their settings."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    yield admin
    await admin.close()


@pytest.fixture
async def topic(admin: AIOKafkaAdminClient) -> str:
    """A topic of this test's own with the settings of those whose records are answered."""
    name = f"test.{uuid4().hex[:8]}"
    await admin.create_topics([NewTopic(name, PARTITIONS, 1, topic_configs=topics.IN_TIME)])
    while (await admin.describe_topics([name]))[0]["error_code"] != 0:
        await asyncio.sleep(0.02)
    return name


@contextlib.asynccontextmanager
async def publishing(kafka: Kafka, stamps: Stamps) -> AsyncIterator[Publisher]:
    """A producer with clocks of its own."""
    publisher = Publisher(kafka.bootstrap_servers, "test", stamps)
    running = asyncio.create_task(publisher.run())
    while publisher.not_ready:
        await asyncio.sleep(0.01)
    try:
        yield publisher
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def wrong(ahead_s: float) -> Callable[[], float]:
    """A wall clock of ours that is so far ahead of Kafka's (behind, when negative)."""
    return lambda: time.time() + ahead_s


def record(topic: str, number: int = 0) -> Outgoing:
    return Outgoing(topic, b"HORST %d" % (number % 5), b"%d" % number, ())


async def stamped(kafka: Kafka, topic: str) -> list[tuple[int, float]]:
    """Every record of the topic: its number, and how far its time is ahead of Kafka's."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = [TopicPartition(topic, n) for n in range(PARTITIONS)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                found += [(int(r.value or b""), r.timestamp / 1000 - time.time()) for r in records]
        return found
    finally:
        await consumer.stop()


@pytest.mark.parametrize("ahead", [2 * HOUR, -MINUTE, -HOUR, -50 * YEAR])
async def test_a_wrong_clock_refuses_nothing_and_records_carry_kafkas_time_from_the_first_on(
    kafka: Kafka, topic: str, ahead: float
) -> None:
    async with publishing(kafka, Stamps(wrong(ahead))) as publisher:
        await publisher.publish(record(topic))
        assert await publisher.publish_each([record(topic, n) for n in range(1, 200)]) == [None] * 199
    found = await stamped(kafka, topic)
    assert sorted(number for number, _ in found) == list(range(200))
    assert all(-20 < ahead < NEAR_S for _, ahead in found)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
async def test_a_jump_of_kafkas_clock_refuses_nothing(kafka: Kafka, topic: str, jump: float, many: bool) -> None:
    jumped = [0.0]
    # Kafka's clock going forward is ours going back: nobody can tell them apart.
    stamps = Stamps(lambda: time.time() - jumped[0], lambda: time.monotonic() - jumped[0])
    async with publishing(kafka, stamps) as publisher:
        await publisher.publish(record(topic, 0))
        jumped[0] = jump
        if many:
            assert await publisher.publish_each([record(topic, n) for n in range(1, 50)]) == [None] * 49
        else:
            await asyncio.gather(*(publisher.publish(record(topic, n)) for n in range(1, 50)))
    assert sorted(number for number, _ in await stamped(kafka, topic)) == list(range(50))


@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
async def test_without_a_topic_to_ask_time_goes_ahead_until_kafka_takes_it(
    kafka: Kafka, topic: str, many: bool
) -> None:
    async with publishing(kafka, Stamps(wrong(-HOUR), topic="no.such.topic")) as publisher:
        if many:
            assert await publisher.publish_each([record(topic, n) for n in range(50)]) == [None] * 50
        else:
            await asyncio.gather(*(publisher.publish(record(topic, n)) for n in range(50)))
    found = await stamped(kafka, topic)
    assert sorted(number for number, _ in found) == list(range(50))
    assert all(ahead < 2 * HOUR for _, ahead in found)


@pytest.mark.timeout(40)
async def test_what_was_refused_while_kafka_was_frozen_never_lands_whatever_our_clock_says(
    kafka: Kafka, topic: str
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        clocks = [wrong(ahead) for ahead in (0, HOUR, -HOUR)]
        publishers = [await stack.enter_async_context(publishing(kafka, Stamps(clock))) for clock in clocks]
        await asyncio.gather(*(publisher.publish(record(topic, n)) for n, publisher in enumerate(publishers)))
        await kafka.process().freeze()
        try:
            refusals = await asyncio.gather(
                *(publisher.publish(record(topic, 10 + n)) for n, publisher in enumerate(publishers)),
                *(publisher.publish_each([record(topic, 20 + n)]) for n, publisher in enumerate(publishers)),
                return_exceptions=True,
            )
            await asyncio.sleep(FROZEN_S)
        finally:
            kafka.process().send(signal.SIGCONT)
        alone = [refusal[0] if isinstance(refusal, list) else refusal for refusal in refusals]
        assert [type(refusal) for refusal in alone] == [Refused] * 6
        await kafka.ready()
        await asyncio.sleep(1)  # what Kafka found in its sockets is on the topic by now, if it took it
        await asyncio.gather(*(accepted(publisher, record(topic, 30 + n)) for n, publisher in enumerate(publishers)))
    assert {number for number, _ in await stamped(kafka, topic)} == {0, 1, 2, 30, 31, 32}


async def test_clocks_that_differ_are_told_once_a_minute_and_shown(
    kafka: Kafka, topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "shared.stamps"):
        async with publishing(kafka, Stamps(wrong(-MINUTE))) as publisher:
            await publisher.publish(record(topic))
    told = [entry.getMessage() for entry in caplog.records if entry.name == "shared.stamps"]
    assert told == [
        "Kafka's clock is about 60 s ahead of ours: records carry Kafka's time; keep the clocks with NTP"
    ]
    assert metrics.KAFKA_CLOCK_SHIFT._value.get() == pytest.approx(60, abs=NEAR_S)


async def test_a_record_that_was_on_its_way_for_too_long_is_refused_where_a_source_was_answered(kafka: Kafka) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, acks="all")
    await producer.start()
    try:
        late_ms = int(time.time() * 1000) - topics.LATE_MS - 100
        for each in topics.ANSWERED:
            with pytest.raises(InvalidTimestampError):
                await producer.send_and_wait(each.name, b"late", timestamp_ms=late_ms)
    finally:
        await producer.stop()


async def test_topics_of_an_older_version_get_the_settings_and_keep_what_else_was_set(
    kafka: Kafka, admin: AIOKafkaAdminClient
) -> None:
    as_created = await settings_of(admin, "incidents.traffic")
    older = {"retention.ms": "12345678900", "segment.ms": "86400000"}
    await put(admin, "incidents.traffic", older)
    try:
        await has_settings(admin, "incidents.traffic", older)
        assert await topics.create(kafka.bootstrap_servers, partitions=PARTITIONS) == []
        await has_settings(admin, "incidents.traffic", {**older, **topics.IN_TIME})
    finally:
        await put(admin, "incidents.traffic", as_created)


async def put(admin: AIOKafkaAdminClient, topic: str, settings: dict[str, str]) -> None:
    (answer,) = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=settings)])
    assert answer.resources[0][0] == 0


async def has_settings(admin: AIOKafkaAdminClient, topic: str, wanted: dict[str, str]) -> None:
    """A broker tells what was changed once its controller's log has reached it, shortly after the answer."""
    try:
        async with asyncio.timeout(5):
            while await settings_of(admin, topic) != wanted:
                await asyncio.sleep(0.02)
    except TimeoutError:
        assert await settings_of(admin, topic) == wanted


async def settings_of(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    """What is set on the topic itself."""
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    return {entry[0]: entry[1] for entry in answer.resources[0][4] if entry[3] == 1}
