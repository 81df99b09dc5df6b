"""A tablet looks at pages of alerts that are open or were closed a moment ago, and at none of long ago."""

import json
from dataclasses import replace
from datetime import timedelta

from asyncpg.connection import LoggedQuery
from asyncpg.pool import PoolConnectionProxy

from services.alerting.core.facts import Step
from services.alerting.respond.read import Scenes, pages_of_member
from shared import db
from shared.db import Pool
from tests.integration.alerting.saving import saved
from tests.unit.alerting.world import FIRE, NOW, incident, opened

TO_HORST = replace(FIRE, id="outdoors", steps=(Step(("bhv-horst",), 45),))


async def test_a_look_does_not_read_what_its_member_was_called_for_long_ago(pool: Pool) -> None:
    story = await saved(pool, opened())
    await pool.execute(
        """
        WITH ids AS (SELECT gen_random_uuid() AS id FROM generate_series(1, 3000)), past AS (
            INSERT INTO alerts SELECT one.*
            FROM alerts a CROSS JOIN ids CROSS JOIN LATERAL jsonb_populate_record(a,
                jsonb_build_object('alert_id', ids.id, 'state', 'closed', 'closed_at', a.opened_at,
                                   'close_reason', 'over', 'frozen', '{}')) AS one
            RETURNING alert_id)
        INSERT INTO pages SELECT one.*
        FROM pages p CROSS JOIN past CROSS JOIN LATERAL jsonb_populate_record(p,
            jsonb_build_object('alert_id', past.alert_id, 'page_id', gen_random_uuid())) AS one
        WHERE p.member_id = 'h1'
        """
    )
    await pool.execute("ANALYZE alerts, pages")
    asked: list[LoggedQuery] = []
    async with db.transaction(pool) as tx:
        assert isinstance(tx, PoolConnectionProxy)
        with tx.query_logger(asked.append):
            (row,) = await pages_of_member(tx, "h1", NOW)
    (query,) = asked
    async with db.transaction(pool) as tx:
        plan = json.loads(await tx.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {query.query}", *query.args))[0]["Plan"]
    assert row["page_id"] == story.page("h1").page_id
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 30


async def test_a_closed_alert_stays_on_the_tablet_for_a_while_behind_the_open_ones(pool: Pool) -> None:
    closed, story = await saved(pool, opened()), opened(incident("outdoors", building=None), plan=TO_HORST)
    closed.closes()
    await saved(pool, closed)
    await saved(pool, story)
    at = closed.now
    for after, expected in ((at - timedelta(seconds=1), [story, closed]), (at, [story])):
        looked = await Scenes(pool).of_member("h1", after)
        assert [scene.alert.alert_id for scene, _ in looked] == [one.alert.alert_id for one in expected]
