"""What the tables of alerting let stand side by side, and what they keep apart."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from asyncpg.connection import LoggedQuery
from asyncpg.pool import PoolConnectionProxy

from services.alerting import store_gather, store_read, store_write
from services.alerting.core.incidents import QUIET
from services.alerting.core.model import Decision
from services.alerting.decide import Decider
from services.alerting.dispatch import Dispatcher
from services.alerting.facts import facts_of
from services.alerting.on_incidents import OnIncidents
from services.alerting.people import Roster
from services.alerting.store_gather import Wanted
from services.alerting.store_write import Lease
from shared import campus, db
from shared.db import Pool
from shared.events import IncidentReported
from shared.words import Confidentiality, Kind
from tests.unit.alerting.world import FIRE, NOW, PSYCHOLOGICAL, incident, named, opened

CAMPUS = Path("deploy/campus")


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
        tuple(incident(name, confidentiality=Confidentiality.CONFIDENTIAL) for name in "ab"),
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
        assert len((await store_gather.gather(tx, Wanted(buildings, ids), NOW))[0]) == 2


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
        ids = [named("known"), named("closed"), named("here")]
        found, standing = await store_gather.gather(tx, Wanted(["HORST", "CARRE"], ids, keys=["key"]), NOW)
    assert [alert.alert_id for alert in found] == sorted(s.alert.alert_id for s in (here, known, keyed))
    assert standing.known == set(ids)


async def test_drills_that_called_a_team_are_found_when_a_real_alarm_may_need_it(pool: Pool) -> None:
    drill = opened(incident("drill", building="CARRE", drill=True))
    await _save(pool, [drill.last])
    async with db.transaction(pool) as tx:
        assert (await store_gather.gather(tx, Wanted(["HORST"]), NOW))[0] == []
        found, _ = await store_gather.gather(tx, Wanted(["HORST"], drills=True), NOW)
    assert [alert.alert_id for alert in found] == [drill.alert.alert_id]


async def test_a_building_is_busy_with_an_alarm_that_calls_its_bhv_and_with_no_other(pool: Pool) -> None:
    for number, one in enumerate(
        [
            incident("real", building="HORST"),
            incident("drill", building="CARRE", drill=True),
            incident("secret", building="CARRE", confidentiality=Confidentiality.CONFIDENTIAL),
            incident("psychological", Kind.PSYCHOLOGICAL, building="CARRE"),
        ]
    ):
        await _save(pool, [opened(one, plan=PSYCHOLOGICAL if number == 3 else FIRE).last])
    async with db.transaction(pool) as tx:
        assert await store_read.busy_buildings(tx) == {"HORST"}
        assert (await store_gather.gather(tx, Wanted(), NOW))[1].busy == {"HORST"}


async def test_what_a_batch_looks_for_is_found_without_reading_what_else_is_open(pool: Pool) -> None:
    await _save(pool, [opened(incident("any")).last])
    await pool.execute(
        """
        INSERT INTO alerts
        SELECT (jsonb_populate_record(a, jsonb_build_object('alert_id', gen_random_uuid(), 'building', 'B' || n))).*
        FROM alerts a CROSS JOIN generate_series(1, 2000) AS n
        """
    )
    await pool.execute("ANALYZE alerts")
    asked: list[LoggedQuery] = []
    async with db.transaction(pool) as tx:
        assert isinstance(tx, PoolConnectionProxy)
        with tx.query_logger(asked.append):
            await store_gather.gather(tx, Wanted(["CARRE"], [named("x")], ["key"], drills=True), NOW)
    (query,) = asked
    async with db.transaction(pool) as tx:
        plan = json.loads(await tx.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query.query}", *query.args))[0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 50


async def test_what_is_cleared_by_its_id_is_found_whatever_building_the_restoral_names(pool: Pool) -> None:
    story = opened(incident("alarm"))
    await _save(pool, [story.last])
    restored = incident("over", building=None, clears=str(named("alarm")))
    on_incidents = OnIncidents(facts_of(campus.load(CAMPUS)), Roster(), decider(pool))
    async with db.transaction(pool) as tx:
        await on_incidents([restored], tx, NOW)
    async with db.transaction(pool) as tx:
        (alert,) = await store_read.read_alerts(tx, [story.alert.alert_id])
    assert alert.restored_at == NOW


async def test_of_the_incidents_of_an_alert_only_those_are_read_that_a_batch_is_about(pool: Pool) -> None:
    keyed = [incident(f"dev1 {n}", dedup_key="dev1") for n in range(3)]
    story = opened(*keyed, incident("other", dedup_key="dev2"), incident("plain"))
    await _save(pool, [story.last])

    async def at_hand(*names: str, cleared: str = "", key: str = "") -> set[UUID]:
        async with db.transaction(pool) as tx:
            wanted = Wanted(["HORST"], [named(n) for n in names], [cleared], [key])
            ((alert,), _) = await store_gather.gather(tx, wanted, NOW)
        assert (alert.joined, alert.open, len(alert.incident_ids)) == (5, 5, 5)
        return {joined.incident_id for joined in alert.incidents}

    async with db.transaction(pool) as tx:
        assert (await store_gather.gather(tx, Wanted(["CARRE"], keys=["dev3"]), NOW))[0] == []
    assert await at_hand() == set()
    assert await at_hand("plain", "unheard of") == {named("plain")}
    assert await at_hand("plain", cleared="dev1") == {named("plain"), *(one.incident_id for one in keyed)}
    assert len(await at_hand(key="dev1")) == 1


async def test_incidents_are_numbered_on_and_cleared_although_the_others_are_not_at_hand(pool: Pool) -> None:
    story = opened(incident("a", dedup_key="dev1"), incident("b", dedup_key="dev2"))
    await _save(pool, [story.last])
    on_incidents = OnIncidents(facts_of(campus.load(CAMPUS)), Roster(), decider(pool))
    for one in (incident("c"), incident("over", clears="dev1"), incident("d")):
        async with db.transaction(pool) as tx:
            await on_incidents([one], tx, NOW)
    async with db.transaction(pool) as tx:
        rows = await tx.fetch("SELECT incident_id, n, cleared FROM alert_incidents ORDER BY n")
        (alert,) = await store_read.read_alerts(tx, [story.alert.alert_id])
    assert [tuple(row) for row in rows] == [(named(name), n, name == "a") for n, name in enumerate("abcd")]
    assert (alert.joined, alert.open, alert.incident_ids) == (4, 3, tuple(map(named, "abcd")))


async def test_of_a_long_timeline_the_beginning_and_the_end_are_read(pool: Pool) -> None:
    story = opened()
    await _save(pool, [story.last])
    async with db.transaction(pool) as tx:
        await tx.execute(
            "INSERT INTO timeline SELECT $1, n, now(), 'incident', 'joined', 'x', 'y' FROM generate_series(3, 1300) n",
            story.alert.alert_id,
        )
        lines = await store_read.timeline(tx, story.alert.alert_id)
    assert [line.seq for line in lines] == [*range(1, 201), *range(501, 1301)]


async def test_in_an_unknown_building_an_alarm_wakes_its_restored_alert_whatever_the_batches(pool: Pool) -> None:
    on_incidents = OnIncidents(facts_of(campus.load(CAMPUS)), Roster(), decider(pool))
    first, again = (incident(name, building="NEW", known=False, dedup_key="dev1") for name in ("first", "again"))
    over = incident("over", building="NEW", known=False, clears="dev1")
    for batch in ([first], [over], [again]):
        async with db.transaction(pool) as tx:
            await on_incidents(batch, tx, NOW)
    async with db.transaction(pool) as tx:
        ((alert,), _) = await store_gather.gather(tx, Wanted(["NEW"]), NOW)
    assert (alert.joined, alert.open, alert.restored_at) == (2, 1, None)


async def test_an_alert_that_is_over_makes_way_for_the_next_of_its_building_and_plan_in_one_statement(
    pool: Pool,
) -> None:
    on_incidents = OnIncidents(facts_of(campus.load(CAMPUS)), Roster(), decider(pool))
    first, again = (incident(name, dedup_key="dev1") for name in ("first", "again"))
    for batch, now in (([first], NOW), ([incident("over", clears="dev1")], NOW), ([again], NOW + QUIET)):
        async with db.transaction(pool) as tx:
            await on_incidents(batch, tx, now)
    async with db.transaction(pool) as tx:
        rows = await tx.fetch("SELECT state, incident_ids, close_reason FROM alerts ORDER BY opened_at")
    old, new = rows
    assert (old["state"], old["close_reason"]) == ("closed", "superseded by a new alarm")
    assert (old["incident_ids"], new["incident_ids"]) == ([named("first")], [named("again")])
    assert new["state"] != "closed"


def decider(pool: Pool) -> Decider:
    """It decides and saves; nothing is sent before `after`, which nobody calls here."""
    dispatcher = Dispatcher({}, lambda page_id: str(page_id), 1.0, 5.0)
    return Decider(pool, dispatcher, lambda: None, lambda _: None, 5.0)


async def _save(pool: Pool, decisions: Sequence[Decision]) -> None:
    lease = Lease(uuid4(), NOW + timedelta(seconds=5), NOW)
    async with db.transaction(pool) as tx:
        await store_write.save(tx, [], decisions, NOW, lease)
