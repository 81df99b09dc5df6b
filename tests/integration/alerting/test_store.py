"""What the tables of alerting let stand side by side, and what they keep apart."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from services.alerting import store_read, store_write
from services.alerting.core.model import Decision
from services.alerting.store_write import Lease
from shared import db
from shared.db import Pool
from shared.events import IncidentReported
from shared.words import Confidentiality
from tests.unit.alerting.world import NOW, incident, named, opened


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Alerting's connections."""
    async with await db.open_pool(database_url, "alerting") as opened_pool:
        yield opened_pool


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            incident("a", building="NEW", known=False, dedup_key="detector 1"),
            incident("b", building="NEW", known=False, dedup_key="detector 2"),
        ),
        (incident("a"), incident("b", confidentiality=Confidentiality.CONFIDENTIAL)),
        (incident("a"), incident("b", drill=True)),
        (incident("a", building=None), incident("b", building=None)),
    ],
)
async def test_alerts_that_do_not_join_are_open_side_by_side(
    pool: Pool, first: IncidentReported, second: IncidentReported
) -> None:
    for one in (first, second):
        await _save(pool, [opened(one).last])
    async with db.transaction(pool) as tx:
        buildings = [building for building in {first.location.building} if building]
        ids = [first.incident_id, second.incident_id]
        assert len(await store_read.lock_open_alerts(tx, buildings, ids, [])) == 2


async def test_two_open_alerts_of_a_building_and_plan_are_refused(pool: Pool) -> None:
    await _save(pool, [opened(incident("a")).last])
    with pytest.raises(Exception, match="alerts_open"):
        await _save(pool, [opened(incident("b")).last])


async def test_open_alerts_are_found_by_building_by_incident_and_by_key_and_closed_ones_are_not(pool: Pool) -> None:
    here = opened(incident("here"))
    known = opened(incident("known", building=None))
    keyed = opened(incident("keyed", building="NEW", known=False, dedup_key="key"))
    closed = opened(incident("closed", building="CARRE"))
    for story in (here, known, keyed, closed):
        await _save(pool, [story.last])
    closed.closes()
    await _save(pool, [closed.last])
    async with db.transaction(pool) as tx:
        found = await store_read.lock_open_alerts(
            tx, ["HORST", "CARRE"], [named("known"), named("closed"), named("here")], ["key"]
        )
    assert {alert.alert_id for alert in found} == {s.alert.alert_id for s in (here, known, keyed)}


async def _save(pool: Pool, decisions: Sequence[Decision]) -> None:
    lease = Lease(uuid4(), NOW + timedelta(seconds=5), NOW)
    async with db.transaction(pool) as tx:
        await store_write.save(tx, [], decisions, NOW, lease)
