"""Records packed into one batch a partition, for a producer that sends many at once; a key keeps its order."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.wire import Outgoing

_partition = DefaultPartitioner()


@dataclass(frozen=True, slots=True)
class Batch:
    """What goes to one partition in one piece."""

    topic: str
    partition: int
    builder: BatchBuilder


@dataclass(frozen=True, slots=True)
class Parcels:
    """The batches in the order to send them, and for each record the number of its batch."""

    batches: list[Batch]
    batch_of: list[int]


async def pack(producer: AIOKafkaProducer, records: Sequence[Outgoing], stamp_ms: int) -> Parcels:
    """Into the partitions that the producer itself would choose; a full batch is followed by another."""
    partitions = {topic: sorted(await producer.partitions_for(topic)) for topic in {r.topic for r in records}}
    parcels = Parcels([], [])
    place: dict[tuple[str, bytes | None], int] = {}
    open_: dict[tuple[str, int], int] = {}
    for record in records:
        named = (record.topic, record.key)
        if named not in place:
            there = partitions[record.topic]
            place[named] = _partition(record.key, there, there)
        partition = place[named]
        number = open_.get((record.topic, partition))
        if number is None or not _fits(parcels.batches[number], record, stamp_ms):
            number = len(parcels.batches)
            open_[record.topic, partition] = number
            parcels.batches.append(Batch(record.topic, partition, producer.create_batch()))
            _fits(parcels.batches[number], record, stamp_ms)  # the first record always does
        parcels.batch_of.append(number)
    return parcels


def _fits(batch: Batch, record: Outgoing, stamp_ms: int) -> bool:
    """Put the record into the batch, unless it is full."""
    headers = list(record.headers)
    added = batch.builder.append(timestamp=stamp_ms, key=record.key, value=record.value, headers=headers)
    return added is not None
