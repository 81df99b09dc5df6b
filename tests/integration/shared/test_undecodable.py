"""A record that Kafka's client cannot decode is a dead letter, and stops or loses nothing around it."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.embedded.kafka import Kafka
from services.reporting.replay import replay
from shared import clock
from shared.events import IncidentReported
from shared.wire import Outgoing, Undecodable, encode
from tests.integration.shared.road import Road, Seen, incident
from tests.unit.shared.batches import PLACE, batch


class Foreign:
    """Somebody else's producer, which writes into partitions what it likes."""

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    def record(self, event: IncidentReported, *more: tuple[str, bytes]) -> Outgoing:
        """An event of ours with more headers."""
        ours = encode(self._topic, "HORST", event, "test")
        return Outgoing(ours.topic, ours.key, ours.value, (*ours.headers, *more))

    async def write(self, partition: int, *records: Outgoing) -> None:
        """One batch; a header named `PLACE` is not UTF-8 in it."""
        builder = self._producer.create_batch()
        for _ in records:
            builder.append(timestamp=None, key=b"", value=b"")
        builder.close()
        builder._buffer = bytearray(batch(*records, at_ms=int(clock.now().timestamp() * 1000)))
        await (await self._producer.send_batch(builder, self._topic, partition=partition))

    async def send(self, record: Outgoing) -> None:
        """One record, compressed as this producer does it."""
        await self._producer.send_and_wait(record.topic, record.value, record.key, headers=list(record.headers))

    async def spread(self, count: int) -> list[IncidentReported]:
        """So many events in each of three partitions."""
        events = [[incident(number) for number in range(count)] for _ in range(3)]
        for partition, of_it in enumerate(events):
            await self.write(partition, *(self.record(event) for event in of_it))
        return [event for of_it in events for event in of_it]


@contextlib.asynccontextmanager
async def foreign(kafka: Kafka, road: Road, **settings: Any) -> AsyncIterator[Foreign]:
    """Such a producer."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers, **settings)
    await producer.start()
    try:
        yield Foreign(producer, road.topic)
    finally:
        await producer.stop()


async def ledger(road: Road) -> list[tuple[int, int, int]]:
    """Partition, next offset and how many are missing."""
    rows = await road.pool.fetch("SELECT partition, next_offset, missing FROM ledger ORDER BY partition")
    return [(row["partition"], row["next_offset"], row["missing"]) for row in rows]


async def test_a_header_name_that_is_not_utf_8_is_a_dead_letter_and_everything_around_it_acts(
    wide_road: Road, kafka: Kafka, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = [incident(n) for n in range(2)], incident()
    async with foreign(kafka, wide_road) as producer:
        around = await producer.spread(40)
        records = [producer.record(good[0]), producer.record(bad, (PLACE, b"y")), producer.record(good[1])]
        await producer.write(0, *records)
        behind = await producer.spread(5)
    seen = Seen()
    async with wide_road.consumer(seen):
        await seen.wait_for(len(around + good + behind))
        ((key, value, headers),) = await wide_road.dead(1)
    assert sorted(seen.ids) == sorted(event.incident_id for event in around + good + behind)
    assert await ledger(wide_road) == [(0, 48, 0), (1, 45, 0), (2, 45, 0)]
    assert (key, value) == (b"HORST", records[1].value)
    assert headers[r"header\xffname"] == b"y"
    assert (headers["dead_topic"], headers["dead_partition"]) == (wide_road.topic.encode(), b"0")
    assert (headers["dead_offset"], headers["dead_reason"]) == (b"41", rb"header name b'header\xffname' is not UTF-8")
    (told,) = [entry.getMessage() for entry in caplog.records if entry.name == "shared.kafka_undecodable"]
    assert told == f"{wide_road.topic}[0]@41 cannot be decoded: " + headers["dead_reason"].decode()


async def test_one_with_neither_key_nor_value_is_a_dead_letter_too(road: Road, kafka: Kafka) -> None:
    event = incident()
    async with foreign(kafka, road) as producer:
        await producer.write(0, Outgoing(road.topic, None, None, ((PLACE, b"y"),)), producer.record(event))
    seen = Seen()
    async with road.consumer(seen):
        await seen.wait_for(1)
        ((key, value, headers),) = await road.dead(1)
    assert (key, value, headers["dead_offset"]) == (None, None, b"0")
    assert seen.ids == [event.incident_id]


async def test_it_stops_neither_what_comes_later_nor_another_start(wide_road: Road, kafka: Kafka) -> None:
    seen, again = Seen(), Seen()
    async with foreign(kafka, wide_road) as producer, wide_road.consumer(seen):
        for _ in range(3):
            await producer.write(0, producer.record(incident(), (PLACE, b"y")))
            await producer.spread(1)
        await seen.wait_for(9)
        await wide_road.dead(3)
    async with foreign(kafka, wide_road) as producer, wide_road.consumer(again):
        await producer.spread(1)
        await again.wait_for(3)
    assert (len(seen.ids), len(again.ids)) == (9, 3)
    assert await wide_road.pool.fetchval("SELECT count(*) FROM dead_letters") == 3


async def test_what_a_fetch_that_fails_had_taken_is_taken_again(
    wide_road: Road, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = 0
    getmany = AIOKafkaConsumer.getmany

    async def fails_at_first(consumer: AIOKafkaConsumer, **how: Any) -> Any:
        nonlocal taken
        lost = await getmany(consumer, **how)
        if lost and taken < 10:
            taken += sum(map(len, lost.values()))
            raise RuntimeError("an error that nobody knows")
        return lost

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", fails_at_first)
    async with foreign(kafka, wide_road) as producer:
        sent = await producer.spread(40)
    seen = Seen()
    async with wide_road.consumer(seen):
        await seen.wait_for(len(sent))
    assert taken >= 10
    assert sorted(seen.ids) == sorted(event.incident_id for event in sent)
    assert await ledger(wide_road) == [(0, 40, 0), (1, 40, 0), (2, 40, 0)]


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
async def test_what_a_producer_compressed_is_read(road: Road, kafka: Kafka, compression: str) -> None:
    event = incident()
    async with foreign(kafka, road, compression_type=compression) as producer:
        await producer.send(producer.record(event))
    seen = Seen()
    async with road.consumer(seen):
        await seen.wait_for(1)
    assert seen.ids == [event.incident_id]


async def test_a_rebuild_reads_past_it(road: Road, kafka: Kafka) -> None:
    async with foreign(kafka, road) as producer:
        await producer.write(0, producer.record(incident(), (PLACE, b"y")), producer.record(incident()))
    async with replay(kafka.bootstrap_servers, [road.topic]) as reader:
        ends = {TopicPartition(road.topic, 0): 2}
        read = [record async for records in reader.upto(ends) for record in records]
    assert [(record.offset, isinstance(record, Undecodable)) for record in read] == [(0, True), (1, False)]
