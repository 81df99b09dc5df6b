"""The consuming side of Kafka: a FastStream broker whose every subscriber ends in `shared.delivery`.

A subscriber waits for one record (`getone` wakes at once) and takes what else has arrived with it, up to a limit.
FastStream's own `batch=True` sleeps a poll interval after every empty poll, which is either late or busy.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.message import StreamMessage

from shared import clock, kafka_offsets, kafka_undecodable
from shared.acks import Acks
from shared.db import raise_if_cancelled
from shared.delivery import BATCH, Delivery
from shared.errors import ConsumerStuck
from shared.health import Check
from shared.lanes import Lanes, Records

log = logging.getLogger(__name__)
STOP_S = 4.0
LEAVE_S = 1.0
GRACE_S = 2.0
ACK_S = 0.5
RESTART_S = 0.5


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group, and how long Kafka waits before it gives a dead member's partitions to another."""

    name: str
    session_timeout_ms: int


@dataclass(frozen=True, slots=True)
class Gather:
    """How many records make a batch at most, and whether the broker may hold the first back until others have come.

    `fetch_ms` is how long it holds an answer that has fewer than `fetch_bytes`. With one byte nothing is held back, and
    it is the longest that a record waits of whose partition an earlier one was still being handled. `lanes` is how many
    batches are handled side by side, each of other partitions.
    """

    most: int = BATCH
    lanes: int = 1
    fetch_ms: int = 25
    fetch_bytes: int = 1


AT_ONCE = Gather()


def consumer_broker(bootstrap: list[str], client_id: str) -> KafkaBroker:
    """A broker that only consumes; topics are created by `shared.topics`, never here."""
    kafka_offsets.mend()
    kafka_undecodable.mend()
    return KafkaBroker(
        bootstrap,
        client_id=client_id,
        consumer_only=True,
        allow_auto_create_topics=False,
        metadata_max_age_ms=30_000,
        request_timeout_ms=10_000,
        graceful_timeout=GRACE_S,
        logger=None,
        apply_types=False,
    )


@dataclass(frozen=True, slots=True)
class Subscription:
    """What `keep_running` runs and watches."""

    broker: KafkaBroker
    acks: Acks
    lanes: Lanes


def subscribe(
    broker: KafkaBroker, topics: tuple[str, ...], group: Group, delivery: Delivery, gather: Gather = AT_ONCE
) -> Subscription:
    """Subscribe a delivery to topics as a consumer group; the ack is an offset commit after the transaction."""

    async def take(message: KafkaMessage) -> None:
        await lanes.put([message.raw_message, *await _rest(message, gather.most - 1)])

    async def handle(records: Records) -> None:
        await act_then_ack(delivery, acks, subscriber.consumer, records)

    acks = Acks(group.name)
    lanes = Lanes(gather.lanes, gather.most, handle)
    subscriber = broker.subscriber(
        *topics,
        group_id=group.name,
        ack_policy=AckPolicy.MANUAL,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=gather.fetch_ms,
        fetch_min_bytes=gather.fetch_bytes,
        session_timeout_ms=group.session_timeout_ms,
        heartbeat_interval_ms=group.session_timeout_ms // 4,
        max_poll_interval_ms=1_800_000,
        parser=_parse,
        decoder=_decode,
        no_reply=True,
    )
    subscriber(take)
    return Subscription(broker, acks, lanes)


async def act_then_ack(delivery: Delivery, acks: Acks, consumer: object, records: Records) -> None:
    """An offset is acknowledged after its effects are committed, never before: a crash in between delivers it again."""
    await delivery.deliver(records)
    acks.done(consumer, records)


async def _rest(message: KafkaMessage, most: int) -> list[ConsumerRecord[Any, Any]]:
    """What has arrived besides, without waiting."""
    consumer = message.consumer
    if not isinstance(consumer, AIOKafkaConsumer):  # FastStream's test broker has none
        return []
    back = _way_back(consumer)
    try:
        more = await consumer.getmany(timeout_ms=0, max_records=most)
    except Exception as error:  # noqa: BLE001 - whatever it is, what was taken before it is in nobody's hands
        log.warning("fetch: %s: %s", type(error).__name__, error)
        back()
        return []
    return [record for records in more.values() for record in records]


def _way_back(consumer: AIOKafkaConsumer) -> Callable[[], None]:
    """Puts the consumer back in each partition to where it stands now, unless its partitions were given out anew.

    aiokafka 0.14 keeps where it stands to itself: its own `position` waits for a partition that has no place yet.
    """
    assignment = consumer._subscription.subscription.assignment
    stands = {partition: state._position for partition, state in assignment._tp_state.items()}

    def back() -> None:
        if consumer._subscription.subscription.assignment is assignment:
            for partition, offset in stands.items():
                if offset is not None:
                    consumer.seek(partition, offset)

    return back


async def _parse(record: ConsumerRecord[Any, Any], original: Any) -> StreamMessage[ConsumerRecord[Any, Any]]:
    """FastStream's own parser raises on a header that is null or not UTF-8, and the message vanishes: show it none."""
    message: StreamMessage[ConsumerRecord[Any, Any]] = await original(replace(record, headers=()))
    message.raw_message = record
    return message


async def _decode(message: StreamMessage[Any], original: Any) -> StreamMessage[Any]:  # noqa: ARG001
    """Nothing is decoded outside the guard of `shared.delivery`."""
    return message


async def keep_running(subscription: Subscription) -> None:
    """Start the broker, however long Kafka takes, hold it until cancelled or stuck, then leave within 9.5 s."""
    broker, lanes = subscription.broker, asyncio.create_task(subscription.lanes.run())
    try:
        while True:
            try:
                await broker.start()
            except Exception as error:  # noqa: BLE001 - whatever a broker away makes of the start
                log.warning("the consumer does not start yet: %s: %s", type(error).__name__, error)
                raise_if_cancelled(error)
                await _stop(broker)
                await asyncio.sleep(RESTART_S)
            else:
                await _until_broken(subscription, lanes)
    finally:
        try:
            await subscription.lanes.leave(GRACE_S)
            lanes.cancel()
            await asyncio.wait([lanes], timeout=GRACE_S)
            await subscription.acks.end(ACK_S)
        finally:
            await _stop(broker)


async def _until_broken(subscription: Subscription, lanes: asyncio.Task[None]) -> None:
    """Wait; raises `ConsumerStuck` when it cannot acknowledge, or when one of the client library's loops has ended.

    Without the loop that keeps its place in the group, or the one that finds brokers, a consumer takes nothing and
    says nothing.
    """
    watch = asyncio.create_task(subscription.acks.watch())
    try:
        await asyncio.wait([watch, lanes, *_loops(subscription.broker)], return_when=asyncio.FIRST_COMPLETED)
    finally:
        watch.cancel()
    for ended in (watch, lanes):
        if ended.done():
            ended.result()
    raise ConsumerStuck("a loop of the Kafka client has ended")


def _loops(broker: KafkaBroker) -> list[asyncio.Task[None]]:
    """The two loops of each consumer; aiokafka 0.14 keeps them to itself, and a test would see them renamed."""
    consumers = _consumers(broker)
    return [t for c in consumers for t in (c._coordinator._coordination_task, c._client._sync_task)]


async def _stop(broker: KafkaBroker) -> None:
    """FastStream waits for others before it stops a consumer; left without a word it would keep its partitions."""
    consumers = _consumers(broker)
    try:
        await asyncio.wait_for(broker.stop(), STOP_S)
    except Exception as error:  # noqa: BLE001 - a frozen broker holds stop(); the process ends anyway
        log.warning("the consumer did not stop cleanly: %s", type(error).__name__)
    finally:
        leaving = asyncio.gather(*(consumer.stop() for consumer in consumers), return_exceptions=True)
        await asyncio.wait([leaving], timeout=LEAVE_S)  # at once when they have stopped


def _consumers(broker: KafkaBroker) -> list[AIOKafkaConsumer]:
    """Those that were made; FastStream knows the attribute in the subscribers of Kafka alone."""
    return [consumer for subscriber in broker.subscribers if (consumer := getattr(subscriber, "consumer", None))]


def silent_s(broker: KafkaBroker) -> float:
    """Seconds since Kafka last answered for every partition of ours; without end before it has, or without any."""
    answered = [consumer.last_poll_timestamp(p) for consumer in _consumers(broker) for p in consumer.assignment()]
    if not answered or None in answered:
        return math.inf
    oldest: int = min(answered)
    return max(0.0, clock.unix_s() - oldest / 1000)


def consuming(broker: KafkaBroker) -> Check:
    """A readiness check: every subscriber has joined its group and has partitions."""

    async def check() -> str | None:
        consumers = _consumers(broker)
        if not consumers or not all(consumer.assignment() for consumer in consumers):
            return "no partitions assigned yet"
        return None

    return check
