"""Acknowledges to Kafka what is done: offsets are committed beside the work on the next batch, each in bounded time.

A commit of the client library tries for ever; one was seen that never ended, while records kept coming. So each is cut
off, tried anew with what has come since, and a consumer that stays stuck ends its process: what was not acknowledged is
delivered again, and the inbox knows it.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError

from shared.errors import ConsumerStuck

log = logging.getLogger(__name__)
COMMIT_S = 5.0
ATTEMPTS = 3


class Acks:
    """Commits the offsets of what is done, and of nothing else, by one commit at a time."""

    def __init__(self, group: str, commit_s: float = COMMIT_S) -> None:
        self._group = group
        self._commit_s = commit_s
        self._due: dict[TopicPartition, int] = {}
        self._committing: asyncio.Task[None] | None = None
        self._cut_off = 0
        self._stuck = asyncio.Event()

    def done(self, consumer: object, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """These records are done; returns at once."""
        if not isinstance(consumer, AIOKafkaConsumer):  # FastStream's test broker has none
            return
        self._add({TopicPartition(record.topic, record.partition): record.offset + 1 for record in records})
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit(consumer))

    async def watch(self) -> None:
        """Wait; raises `ConsumerStuck` when records kept coming while commit after commit had to be cut off."""
        await self._stuck.wait()
        raise ConsumerStuck(f"{self._group}: {ATTEMPTS} offset commits in a row took over {self._commit_s:g} s each")

    def _add(self, offsets: dict[TopicPartition, int]) -> None:
        for partition, offset in offsets.items():
            self._due[partition] = max(self._due.get(partition, 0), offset)

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        while self._due:
            due, self._due = self._due, {}
            try:
                async with asyncio.timeout(self._commit_s):
                    await consumer.commit(due)
            except TimeoutError:
                self._cut(due)
            except (KafkaError, ConsumerStoppedError) as error:  # what the group takes from us is delivered again
                log.warning("%s: offsets were not committed: %s", self._group, error)
            else:
                self._cut_off = 0

    def _cut(self, due: dict[TopicPartition, int]) -> None:
        """Try again. While Kafka is away nothing is ever acknowledged, but nothing comes either: that is not stuck."""
        log.warning("%s: offsets were not committed within %g s", self._group, self._commit_s)
        self._cut_off += bool(self._due)
        self._add(due)
        if self._cut_off >= ATTEMPTS:
            self._stuck.set()
