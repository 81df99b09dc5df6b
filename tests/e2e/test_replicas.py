"""Two replicas of alerting, and one of them dies."""

import asyncio

import pytest

from tests.e2e.campus import Campus
from tests.e2e.load import Load, is_paged


@pytest.mark.timeout(60)
async def test_with_two_replicas_the_death_of_one_loses_nothing_and_pages_nobody_twice(campus: Campus) -> None:
    product = campus.product
    await product.start_second_replica()
    engineers = await campus.team("facility", 2)
    for phone in engineers.phones:
        phone.hears_repeats = False
    load = Load(product)
    running = asyncio.create_task(load.run(seconds=4, rate=50))
    await asyncio.sleep(2)
    await product.alerting.process.kill()
    await running
    assert load.refused == []
    alerts = await load.is_on_the_monitor(within=10)
    assert len(set(alerts.values())) == len(load.accepted) == 200
    await is_paged(engineers, alerts.values(), within=10, crashes=1)
