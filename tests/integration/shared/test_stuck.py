"""A consumer whose client library has given up in silence ends its process."""

import asyncio
from operator import attrgetter

import pytest
from faststream.kafka import KafkaBroker

from deploy.embedded.kafka import Kafka
from shared.delivery import Delivery
from shared.errors import ConsumerStuck
from shared.kafka import Group, consumer_broker, consuming, keep_running, subscribe
from tests.integration.shared.road import Road, Seen


@pytest.mark.parametrize(("owner", "loop"), [("_coordinator", "_coordination_task"), ("_client", "_sync_task")])
async def test_a_consumer_one_of_whose_loops_has_ended_is_stuck(
    road: Road, kafka: Kafka, owner: str, loop: str
) -> None:
    broker = consumer_broker(kafka.bootstrap_servers, "test")
    delivery = Delivery("test-a", road.pool, Seen().on_events, lambda: None, dead_limit=10)
    subscription = subscribe(broker, (road.topic,), Group(f"stuck-{road.topic}", 6_000), delivery)
    running = asyncio.create_task(keep_running(subscription))
    await joined(broker)
    attrgetter(f"consumer.{owner}.{loop}")(next(iter(broker.subscribers))).cancel()
    with pytest.raises(ConsumerStuck):
        await asyncio.wait_for(running, 15)


async def joined(broker: KafkaBroker) -> None:
    """Until the group has given it partitions."""
    async with asyncio.timeout(15):
        while await consuming(broker)():
            await asyncio.sleep(0.05)
