"""The outbox and its relay, and what a record looks like to others."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest
from aiokafka import AIOKafkaConsumer
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.formats.json import JSONFormat

from deploy.embedded.kafka import Kafka
from shared import db, outbox
from shared.errors import Refused
from shared.wire import Outgoing, encode
from tests.integration.shared.road import AT, Road, Seen, incident


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
    event = incident()
    await road.send(event)
    consumer = AIOKafkaConsumer(road.topic, bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    record = await consumer.getone()
    await consumer.stop()
    read = from_binary_event(KafkaMessage(dict(record.headers), record.key, record.value), JSONFormat())
    assert read.get_id() == str(event.incident_id)
    assert read.get_type() == "nl.meldkamer.incident.reported.v1"
    data = read.get_data()
    assert isinstance(data, dict)
    assert data["kind"] == "fire.alarm"


async def test_a_record_that_kafka_will_never_take_does_not_hold_up_those_behind_it(
    road: Road, caplog: pytest.LogCaptureFixture
) -> None:
    relay = outbox.Relay(road.pool, road.publisher)
    huge = Outgoing(road.topic, b"HORST", b"x" * 3 * 1024 * 1024, ())
    async with db.transaction(road.pool) as tx:
        await outbox.put(tx, [huge, encode(road.topic, "HORST", incident(), "test")], AT)
    assert await relay.relay_batch() == 2
    assert await relay.relay_batch() == 0
    letters = await road.pool.fetch("SELECT topic, partition, key, length(value) AS size, reason FROM dead_letters")
    assert [tuple(letter) for letter in letters] == [
        (road.topic, -1, b"HORST", len(huge.value or b""), "Kafka takes no record of this size")
    ]
    assert "dead letter" in caplog.text
    seen = Seen()
    async with road.consumer(seen):
        await seen.wait_for(1)


async def test_a_relay_that_runs_is_woken_at_once(road: Road, relay: outbox.Relay) -> None:
    for _ in range(2):  # when it has just begun, and when it has relayed
        await put(road)
        relay.wake()
        await until_empty(road)


async def test_a_relay_that_is_woken_while_it_works_looks_once_more(
    road: Road, relay: outbox.Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_each, batches = road.publisher.publish_each, []

    async def and_another_is_put(records: Sequence[Outgoing]) -> list[Refused | None]:
        batches.append(len(records))
        if len(batches) == 1:
            await put(road)
            relay.wake()
        return await publish_each(records)

    monkeypatch.setattr(road.publisher, "publish_each", and_another_is_put)
    await put(road)
    relay.wake()
    await until_empty(road)
    assert batches == [1, 1]


@pytest.fixture
async def relay(road: Road, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[outbox.Relay]:
    """It runs, and without being woken it looks once an hour: what is not told in time is not found by chance."""
    monkeypatch.setattr(outbox, "POLL_S", 3_600)
    relay = outbox.Relay(road.pool, road.publisher)
    running = asyncio.create_task(relay.run())
    yield relay
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def put(road: Road) -> None:
    """A record into the outbox, and nobody is told."""
    async with db.transaction(road.pool) as tx:
        await outbox.put(tx, [encode(road.topic, "HORST", incident(), "test")], AT)


async def until_empty(road: Road) -> None:
    """Until Kafka has taken all that was in the outbox."""
    async with asyncio.timeout(5):
        while await road.pool.fetchval("SELECT count(*) FROM outbox"):
            await asyncio.sleep(0.01)
