"""Fills topics faster than anybody reads them: packed batches, the time of now on each."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from itertools import islice

from aiokafka import AIOKafkaProducer

from shared import clock
from shared.parcels import pack
from shared.wire import Outgoing

CHUNK = 5_000
BATCH_BYTES = 256 * 1024


@asynccontextmanager
async def filler(bootstrap: list[str]) -> AsyncIterator[AIOKafkaProducer]:
    """A producer for `fill`."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_batch_size=BATCH_BYTES)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def fill(producer: AIOKafkaProducer, records: Iterable[Outgoing]) -> int:
    """Put them on their topics; returns how many once all are acknowledged."""
    count, rest = 0, iter(records)
    while chunk := list(islice(rest, CHUNK)):
        parcels = await pack(producer, chunk, int(clock.unix_s() * 1000))
        acks = [await producer.send_batch(b.builder, b.topic, partition=b.partition) for b in parcels.batches]
        await asyncio.gather(*acks)
        count += len(chunk)
    return count
