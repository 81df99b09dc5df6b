"""Acknowledges to Kafka what is done: offsets are committed beside the work on the next batches, and not for ever.

What is done within a tenth of a second is one commit: each is a request of its own.

A commit of the client library tries for ever; one was seen that never ended, while records kept coming. A consumer that
is stuck like that ends its process: what was not acknowledged is delivered again and, as with any repeat, acts once.
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
TOGETHER_S = 0.1
PERIODS = 12  # a broker that restarted may hand out records for half a minute before its groups can commit


class Acks:
    """Commits the offsets of what is done, and of nothing else, by one commit at a time."""

    def __init__(self, group: str, commit_s: float = COMMIT_S) -> None:
        self._group = group
        self._commit_s = commit_s
        self._due: dict[TopicPartition, int] = {}
        self._committing: asyncio.Task[None] | None = None
        self._came = False
        self._stuck = asyncio.Event()

    def done(self, consumer: object, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """These records are done; returns at once."""
        if not isinstance(consumer, AIOKafkaConsumer):  # FastStream's test broker has none
            return
        self._came = True
        for record in records:
            partition = TopicPartition(record.topic, record.partition)
            self._due[partition] = max(self._due.get(partition, 0), record.offset + 1)
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit(consumer))

    async def watch(self) -> None:
        """Wait; raises `ConsumerStuck` when records kept coming while one commit did not end."""
        await self._stuck.wait()
        raise ConsumerStuck(f"{self._group}: an offset commit does not end, and records keep coming")

    async def end(self, seconds: float) -> None:
        """Let what is done be committed, at most so long."""
        if self._committing:
            await asyncio.wait([self._committing], timeout=seconds)
            self._committing.cancel()

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        while self._due:
            await asyncio.sleep(TOGETHER_S)
            ours = consumer.assignment()  # one partition that is another's now would fail the whole commit
            due, self._due = {place: offset for place, offset in self._due.items() if place in ours}, {}
            if not due:
                continue
            commit = asyncio.ensure_future(consumer.commit(due))
            await self._patiently(commit)
            try:
                await commit
            except (KafkaError, ConsumerStoppedError) as error:  # what the group takes from us is delivered again
                log.warning("%s: offsets were not committed: %s", self._group, error)

    async def _patiently(self, commit: asyncio.Future[None]) -> None:
        """Wait for it. While Kafka is away nothing is acknowledged, but nothing comes either: that is not stuck."""
        periods = 0
        while True:
            self._came = False
            if (await asyncio.wait({commit}, timeout=self._commit_s))[0]:
                return
            log.warning("%s: offsets have not been committed for another %g s", self._group, self._commit_s)
            periods += self._came
            if periods >= PERIODS:
                self._stuck.set()
