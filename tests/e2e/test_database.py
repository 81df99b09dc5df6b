"""PostgreSQL crashes while alarms come in."""

import asyncio

import pytest

from tests.e2e.campus import Campus
from tests.e2e.load import Load, is_paged

AWAY = (r"WARNING asyncpg.pool Failed to restore the pool connection floor",)


@pytest.mark.timeout(90)
async def test_a_crash_of_postgresql_under_load_loses_nothing_that_was_accepted(campus: Campus) -> None:
    product = campus.product
    product.logs.expect(AWAY)
    own, engineers = await campus.crew(), await campus.team("facility", 2)
    alarm = await campus.reports("gas")
    await own.expect_page(step=1)
    for phone in own.phones[:2]:
        await phone.answers("coming")
    for phone in engineers.phones:
        phone.hears_repeats = False
    load = Load(product)
    running = asyncio.create_task(load.run(seconds=10, rate=50))
    await asyncio.sleep(3)
    await product.postgres.restart()
    await running

    assert load.refused == []
    alerts = await load.is_on_the_monitor(within=20)
    assert len(set(alerts.values())) == len(load.accepted) == 500
    await is_paged(engineers, alerts.values(), within=20, crashes=1)
    alert = await alarm.alert()
    assert (await alert.look())["coming"] == {"total": 2}
    await own.phones[2].answers("coming")
    await alert.expects(state="staffed", coming={"total": 3})
