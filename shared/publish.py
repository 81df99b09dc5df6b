"""A producer whose answer is the broker's ack: in time, or Refused.

Plain aiokafka and not FastStream's publisher: dead letters carry headers that are not text, and a lone record should
not pay for a middleware stack. Idempotence stays off (reliability.md 11): with it a send can hang for ever.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidTimestampError, KafkaError, MessageSizeTooLargeError

from shared.db import raise_if_cancelled
from shared.errors import Refused, TooLarge
from shared.parcels import pack
from shared.stamps import EVERY_S, Stamps
from shared.wire import Outgoing

log = logging.getLogger(__name__)
ACK_S = 1.5
REQUEST_MS = 2_000
WAITING = 256
RESTART_S = 0.25
STOP_S = 3.0
# aiokafka wakes every waiting sender each time a full batch leaves: with its 16 KiB, 500 records cost 4 times as much.
BATCH_BYTES = 512 * 1024
MAX_RECORD = 4 * 1024 * 1024


class Untimely(Refused):
    """Kafka refused the time that the record carries."""


class Publisher:
    """One producer a service. `run` keeps it alive; `publish` works or refuses within 1.5 s."""

    def __init__(self, bootstrap: list[str], client_id: str, stamps: Stamps | None = None) -> None:
        self._stamps = stamps or Stamps()
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._producer: AIOKafkaProducer | None = None
        self._places = asyncio.Semaphore(WAITING)

    @property
    def not_ready(self) -> str | None:
        """Why nothing can be published yet, or None."""
        return None if self._producer else "no Kafka broker reached yet"

    async def run(self) -> None:
        """Start the producer, however long the broker takes, then hold it and ask for Kafka's time until cancelled.

        Kafka is asked before the first record: a service that starts with a wrong clock stamps nothing with it.
        """
        while self._producer is None:
            producer = self._new()
            try:
                await producer.start()
            except (KafkaError, OSError) as error:
                log.warning("Kafka is not there yet: %s", error)
                await producer.stop()
                raise_if_cancelled(error)
                await asyncio.sleep(RESTART_S)
            except asyncio.CancelledError:
                await producer.stop()
                raise
            else:
                await self._hold(producer)

    async def _hold(self, producer: AIOKafkaProducer) -> None:
        try:
            told = await self._stamps.ask(producer)
            self._producer = producer
            while True:
                await asyncio.sleep(EVERY_S if told else RESTART_S)
                told = await self._stamps.ask(producer)
        finally:
            self._producer = None
            with contextlib.suppress(TimeoutError):  # a broker that is away is no reason to leave in disorder
                await asyncio.wait_for(producer.stop(), STOP_S)

    async def publish(self, record: Outgoing) -> None:
        """Return when every in-sync replica has it; raise Refused after 1.5 s (it may land up to 3 s later)."""
        if (producer := self._producer) is None:
            raise Refused("Kafka cannot be reached")
        try:
            async with asyncio.timeout(ACK_S), self._places:
                for attempt in itertools.count(1):
                    version = self._stamps.version
                    try:
                        acked = await producer.send(
                            record.topic,
                            value=record.value,
                            key=record.key,
                            headers=list(record.headers),
                            timestamp_ms=self._stamps.now_ms(),
                        )
                        await acked
                    except InvalidTimestampError:  # it was sent just now: the clocks differ
                        await self._stamps.correct(producer, version, attempt)
                    else:
                        return
        except TimeoutError:
            raise _late() from None
        except KafkaError as error:
            raise _refused(error) from error

    async def publish_all(self, records: Sequence[Outgoing]) -> None:
        """Publish side by side (keys keep their order in a partition); raise the first refusal after all ended."""
        for refusal in await self.publish_each(records):
            if refusal:
                raise refusal

    async def publish_each(self, records: Sequence[Outgoing]) -> list[Refused | None]:
        """Publish side by side within 1.5 s; for each record, in order, None or why it was refused.

        One batch a partition: a future and a timer a record cost more than Kafka does.
        """
        producer = self._producer
        if producer is None:
            return [Refused("Kafka cannot be reached") for _ in records]
        refusals: list[Refused | None] = [_late()] * len(records)
        try:
            async with asyncio.timeout(ACK_S), self._places:
                places: Sequence[int] = range(len(records))
                for attempt in itertools.count(1):
                    version = self._stamps.version
                    await self._send_each(producer, records, places, refusals)
                    places = [n for n in places if isinstance(refusals[n], Untimely)]
                    if not places:
                        break
                    await self._stamps.correct(producer, version, attempt)
        except (TimeoutError, Refused) as error:
            log.debug("not all of %d records were published: %r", len(records), error)
        return refusals

    async def _send_each(
        self,
        producer: AIOKafkaProducer,
        records: Sequence[Outgoing],
        places: Sequence[int],
        refusals: list[Refused | None],
    ) -> None:
        """Send the records at these places once, and write there what became of each, also when the time is up."""
        acks: list[asyncio.Future[object]] = []
        batch_of: list[int] = []
        unsent = _late()
        try:
            parcels = await pack(producer, [records[n] for n in places], self._stamps.now_ms())
            batch_of = parcels.batch_of
            for batch in parcels.batches:
                ack = await producer.send_batch(batch.builder, batch.topic, partition=batch.partition)
                acks.append(ack)
            if acks:
                await asyncio.wait(acks)
        except KafkaError as error:
            unsent = _refused(error)
        finally:
            of_batch = [refusal(ack) for ack in acks]
            became = [of_batch[n] if n < len(acks) else unsent for n in batch_of] or [unsent] * len(places)
            for place, refused in zip(places, became, strict=True):
                refusals[place] = refused

    async def warm_up(self, topics: Sequence[str]) -> None:
        """Learn the leaders of the topics, so that the first alarm does not wait for it (1.5 s was seen)."""
        if self._producer is not None:
            for topic in topics:
                await self._producer.partitions_for(topic)

    def _new(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=False,
            linger_ms=0,
            request_timeout_ms=REQUEST_MS,
            metadata_max_age_ms=30_000,
            max_request_size=MAX_RECORD,
            max_batch_size=BATCH_BYTES,
        )


def refusal(ack: asyncio.Future[object]) -> Refused | None:
    """None for a record that was acknowledged; one that was not is given up on, whatever becomes of it."""
    if not ack.done():
        ack.add_done_callback(_ignored)
        return _late()
    error = ack.exception()
    return _refused(error) if error else None


def _ignored(ack: asyncio.Future[object]) -> None:
    """Look at the error, or asyncio logs it as one that nobody saw; cancelling the shielded ack would not help."""
    if not ack.cancelled():
        ack.exception()


def _refused(error: BaseException) -> Refused:
    if isinstance(error, MessageSizeTooLargeError):
        return TooLarge("Kafka takes no record of this size: shorten it")
    if isinstance(error, InvalidTimestampError):
        return Untimely("Kafka refused the time of the record")
    return Refused(f"Kafka refused: {type(error).__name__}")


def _late() -> Refused:
    return Refused(f"Kafka did not acknowledge within {ACK_S} s")
