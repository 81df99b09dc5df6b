"""The outbox and its relay, and what a record looks like to others."""

import contextlib

from aiokafka import AIOKafkaConsumer
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.formats.json import JSONFormat

from deploy.embedded.kafka import Kafka
from shared import db, outbox
from shared.wire import encode
from tests.integration.shared.road import AT, Road, incident


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
