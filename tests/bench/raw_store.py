"""The baseline of what consumes and stores: plain aiokafka, and raw asyncpg that inserts the records as they are."""

import time
from collections.abc import Sequence

import asyncpg
from aiokafka import AIOKafkaConsumer


async def seconds(bootstrap: list[str], url: str, topics: Sequence[str], count: int, batch: int) -> float:
    """How long the first so many records of the topics take: one set-wise insert a batch, with its commit."""
    db = await asyncpg.connect(url)
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        await db.execute("CREATE TABLE raw_records (topic text, partition int, n bigint, key bytea, value jsonb)")
        began = time.perf_counter()
        await _store(db, consumer, count, batch)
        return time.perf_counter() - began
    finally:
        await consumer.stop()
        await db.execute("DROP TABLE IF EXISTS raw_records")
        await db.close()


async def _store(db: "asyncpg.Connection[asyncpg.Record]", consumer: AIOKafkaConsumer, count: int, batch: int) -> None:
    stored = 0
    while stored < count:
        fetched = await consumer.getmany(timeout_ms=200, max_records=batch)
        records = [record for records in fetched.values() for record in records]
        await db.execute(
            "INSERT INTO raw_records"
            " SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bytea[], $5::jsonb[])",
            [r.topic for r in records],
            [r.partition for r in records],
            [r.offset for r in records],
            [r.key for r in records],
            [r.value.decode() for r in records],
        )
        stored += len(records)
