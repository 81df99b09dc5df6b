"""Reading topics again."""

import asyncio
from typing import cast
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from deploy.embedded.kafka import Kafka
from services.reporting import replay as replaying
from services.reporting.replay import Gone, Replay, replay


async def test_records_that_kafka_deletes_meanwhile_do_not_pass_for_read(kafka: Kafka) -> None:
    topic = f"test.{uuid4().hex[:8]}"
    part = TopicPartition(topic, 0)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    await producer.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
        for n in range(4):
            await producer.send_and_wait(topic, b"%d" % n)
        await admin.delete_records({part: RecordsToDelete(before_offset=3)})
        async with replay(kafka.bootstrap_servers, [topic]) as reader:
            assert reader.first == {part: 3}
            reader._consumer.seek(part, 1)  # as if it had come so far when they were deleted
            with pytest.raises(Gone, match="run it again"):
                _ = [records async for records in reader.upto({part: 4})]
    finally:
        await producer.stop()
        await admin.close()


async def test_a_partition_that_lost_its_place_does_not_hold_a_rebuild_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Anew:
        """A consumer whose partitions were just given out anew."""

        def assignment(self) -> set[TopicPartition]:
            return set()

        def pause(self, *parts: TopicPartition) -> None:
            """Nothing."""

        resume = pause

        async def end_offsets(self, parts: list[TopicPartition]) -> dict[TopicPartition, int]:
            return dict.fromkeys(parts, 4)

        async def position(self, part: TopicPartition) -> int:  # noqa: ARG002
            await asyncio.Event().wait()
            return 0

    monkeypatch.setattr(replaying, "PLACE_S", 0.05)
    part = TopicPartition("incidents.fire", 0)
    with pytest.raises(Gone, match="run it again"):
        _ = [records async for records in Replay(cast(AIOKafkaConsumer, Anew()), {part: 0}).upto({part: 4})]
