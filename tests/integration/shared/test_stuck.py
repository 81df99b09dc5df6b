"""A consumer whose client library has given up in silence ends its process."""

import asyncio
from operator import attrgetter

import pytest
from aiokafka.errors import ConsumerStoppedError
from faststream.kafka import KafkaBroker

from deploy.embedded.kafka import Kafka
from shared.delivery import Delivery
from shared.errors import ConsumerStuck
from shared.kafka import Group, Subscription, consumer_broker, consuming, keep_running, subscribe
from tests.integration.shared.road import HiddenEnd, Road, Seen


@pytest.mark.parametrize(("owner", "loop"), [("_coordinator", "_coordination_task"), ("_client", "_sync_task")])
async def test_a_consumer_one_of_whose_loops_has_ended_is_stuck(
    road: Road, kafka: Kafka, owner: str, loop: str
) -> None:
    running, broker = await consumer_of(road, kafka)
    attrgetter(f"consumer.{owner}.{loop}")(next(iter(broker.subscribers))).cancel()
    with pytest.raises(ConsumerStuck):
        await asyncio.wait_for(running, 15)


@pytest.mark.parametrize("cancelled", [1, 2])
async def test_a_consumer_leaves_its_group_although_its_broker_does_not_come_to_stop_it(
    road: Road, kafka: Kafka, monkeypatch: pytest.MonkeyPatch, cancelled: int
) -> None:
    running, broker = await consumer_of(road, kafka)
    consumer = attrgetter("consumer")(next(iter(broker.subscribers)))
    stopping = asyncio.Event()

    async def busy() -> None:
        stopping.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(broker, "stop", busy)
    for _ in range(cancelled):
        running.cancel()
        await stopping.wait()
    await asyncio.wait([running])
    with pytest.raises(ConsumerStoppedError):
        await asyncio.wait_for(consumer.getone(), 5)


async def test_an_end_that_the_client_library_hides_while_kafka_is_away_is_an_end(
    road: Road, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker, subscription = subscribed(road, kafka)
    hidden = HiddenEnd()
    monkeypatch.setattr(broker, "start", hidden.start)
    assert await hidden.ends(keep_running(subscription))


def subscribed(road: Road, kafka: Kafka) -> tuple[KafkaBroker, Subscription]:
    """A consumer of the road that does not run yet."""
    broker = consumer_broker(kafka.bootstrap_servers, "test")
    delivery = Delivery("test-a", road.pool, Seen().on_events, lambda: None, dead_limit=10)
    return broker, subscribe(broker, (road.topic,), Group(f"stuck-{road.topic}", 6_000), delivery)


async def consumer_of(road: Road, kafka: Kafka) -> tuple[asyncio.Task[None], KafkaBroker]:
    """One that has joined its group."""
    broker, subscription = subscribed(road, kafka)
    running = asyncio.create_task(keep_running(subscription))
    await joined(broker)
    return running, broker


async def joined(broker: KafkaBroker) -> None:
    """Until the group has given it partitions."""
    async with asyncio.timeout(15):
        while await consuming(broker)():
            await asyncio.sleep(0.05)
