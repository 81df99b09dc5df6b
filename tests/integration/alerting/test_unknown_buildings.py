"""In a building that the campus file does not know each key has an alert of its own, and each incident without one."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from services.alerting import store_gather
from services.alerting.facts import facts_of
from services.alerting.on_incidents import OnIncidents, wanted
from services.alerting.people import Roster
from shared import campus, db
from shared.db import Pool
from shared.events import IncidentReported
from tests.integration.alerting.test_store import CAMPUS, decider
from tests.unit.alerting.world import NOW, incident, named


def unknown(name: str, key: str | None = None) -> IncidentReported:
    """In a building that is not in the campus file."""
    return incident(name, building="NEW", known=False, dedup_key=key)


def over(name: str) -> IncidentReported:
    """The end of what `dev1` reported there."""
    return incident(name, building="NEW", known=False, clears="dev1")


async def test_no_batch_reads_the_alerts_that_incidents_without_a_key_opened_there(pool: Pool) -> None:
    await _take(pool, [unknown(f"mistyped {n}") for n in range(50)])
    assert await pool.fetchval("SELECT count(*) FROM alerts WHERE building = 'NEW'") == 50
    assert await _gathered(pool, unknown("one more")) == {}
    await _take(pool, [unknown("keyed", "dev1")])
    for batch in ([unknown("keyed too", "dev1")], [unknown("a"), unknown("keyed again", "dev1"), incident("known")]):
        assert list((await _gathered(pool, *batch)).values()) == [{named("keyed")}]


async def test_a_key_that_is_cleared_wakes_the_alert_of_its_own_building_alone(pool: Pool) -> None:
    elsewhere = incident("elsewhere", building="NEWER", known=False, dedup_key="dev1")
    await _take(pool, [unknown("first", "dev1")], [over("over")])
    assert await _gathered(pool, elsewhere) == {}
    assert list((await _gathered(pool, unknown("again", "dev1"))).values()) == [{named("first")}]


@pytest.mark.parametrize("last", [[unknown("again", "dev1")], [over("over once more"), unknown("again", "dev1")]])
async def test_an_alarm_wakes_the_restored_alert_of_its_key_whatever_else_is_in_the_batch(
    pool: Pool, last: Sequence[IncidentReported]
) -> None:
    await _take(pool, [unknown("first", "dev1")], [over("over")], last)
    rows = await pool.fetch("SELECT incidents_joined, incidents_open, restored_at FROM alerts")
    assert [tuple(row) for row in rows] == [(2, 1, None)]


async def _take(pool: Pool, *batches: Sequence[IncidentReported]) -> None:
    on_incidents = OnIncidents(facts_of(campus.load(CAMPUS)), Roster(), decider(pool))
    for batch in batches:
        async with db.transaction(pool) as tx:
            await on_incidents(batch, tx, NOW)


async def _gathered(pool: Pool, *batch: IncidentReported) -> dict[UUID, set[UUID]]:
    """By alert, its incidents that are at hand."""
    async with db.transaction(pool) as tx:
        alerts, _ = await store_gather.gather(tx, wanted(batch), NOW)
    return {alert.alert_id: {joined.incident_id for joined in alert.incidents} for alert in alerts}
