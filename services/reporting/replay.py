"""Reads topics again from their first record, outside any consumer group, up to given offsets."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from shared import clock, kafka_undecodable
from shared.errors import MeldkamerError
from shared.wire import RawRecord

BATCH = 5_000
PLACE_S = 10.0
Offsets = Mapping[TopicPartition, int]


class Gone(MeldkamerError):
    """Kafka took records or partitions away that were not read yet: what follows would lack them."""


class Replay:
    """Every partition of some topics, standing at its first record."""

    def __init__(self, consumer: AIOKafkaConsumer, first: Offsets) -> None:
        self._consumer = consumer
        self.first = first

    async def upto(self, ends: Offsets) -> AsyncIterator[Sequence[RawRecord]]:
        """The records below `ends` that were not read yet, each partition in order; then it stands at `ends`.

        Raises `Gone` when retention was faster, or the partitions were given out anew.
        """
        known = {part: end for part, end in ends.items() if part in self.first}
        last = await self._consumer.end_offsets(list(known))
        goals = {part: min(end, last[part]) for part, end in known.items()}
        self._consumer.pause(*self._consumer.assignment())
        self._consumer.resume(*goals)
        while waiting := await self._short_of(goals):
            try:
                fetched = await self._consumer.getmany(*waiting, timeout_ms=1_000, max_records=BATCH)
            except OffsetOutOfRangeError as error:
                raise Gone("Kafka deleted records (retention) while they were being read; run it again") from error
            yield [record for part, records in fetched.items() for record in records if record.offset < goals[part]]
        for part, goal in goals.items():
            self._consumer.seek(part, max(goal, self.first[part]))

    async def _short_of(self, goals: Offsets) -> list[TopicPartition]:
        try:
            async with asyncio.timeout(PLACE_S):  # a partition that is assigned anew has no place, and gets none
                return [part for part, goal in goals.items() if await self._consumer.position(part) < goal]
        except TimeoutError:
            raise Gone("the partitions changed while they were being read; run it again") from None

    async def oldest(self, part: TopicPartition) -> datetime:
        """When the first record that is still there was written; now if there is none."""
        (found,) = (await self._consumer.offsets_for_times({part: 0})).values()
        return datetime.fromtimestamp(found.timestamp / 1000, UTC) if found else clock.now()


@asynccontextmanager
async def replay(bootstrap: list[str], topics: Sequence[str]) -> AsyncIterator[Replay]:
    """Open the topics for reading again."""
    kafka_undecodable.mend()
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",  # what retention takes away meanwhile must not pass for read
    )
    await consumer.start()  # without a group it is assigned every partition
    try:
        first = await consumer.beginning_offsets(list(consumer.assignment()))
        for part, offset in first.items():
            consumer.seek(part, offset)
        yield Replay(consumer, first)
    finally:
        await consumer.stop()
