"""Who can be paged follows from where he said to be, and until when."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from services.alerting import people
from services.alerting.core.facts import Channel, Member
from services.alerting.people import Roster
from shared import db, migrate
from shared.words import Language
from tests.unit.alerting.world import NOW

UNTIL = NOW + timedelta(hours=1)
ANNA = Member("anna", "Anna", Language.NL, (), (Channel("tablet", "t1"),))


async def test_a_member_who_is_present_until_a_time_is_not_paged_for_bhv_after_it(database_url: str) -> None:
    """Nothing in the database changes at that time: a roster that was read before knows it too."""
    async with await db.open_pool(database_url, "alerting") as pool, db.transaction(pool) as tx:
        await people.put(tx, ANNA, ["bhv-horst", "security"], NOW)
        await people.set_presence(tx, "anna", "HORST", UNTIL, NOW)
        version = await tx.fetchval("SELECT version FROM roster")
        early, read_after = Roster(), Roster()
        before = await early.teams(tx, version, UNTIL - timedelta(seconds=1))
        assert before == {"bhv-horst": (ANNA,), "security": (ANNA,)}
        for roster in (early, read_after):
            assert await roster.teams(tx, version, UNTIL) == {"bhv-horst": (), "security": (ANNA,)}


async def test_a_member_who_is_not_here_until_a_time_is_paged_for_other_teams_after_it(database_url: str) -> None:
    async with await db.open_pool(database_url, "alerting") as pool, db.transaction(pool) as tx:
        await people.put(tx, ANNA, ["security"], NOW)
        await people.set_presence(tx, "anna", None, UNTIL, NOW)
        version = await tx.fetchval("SELECT version FROM roster")
        roster = Roster()
        assert await roster.teams(tx, version, NOW) == {"security": ()}
        assert await roster.teams(tx, version, UNTIL) == {"security": (ANNA,)}


async def test_nobody_is_present_who_was_removed_at_the_same_moment(database_url: str) -> None:
    async with await db.open_pool(database_url, "alerting") as pool:
        async with db.transaction(pool) as tx:
            assert not await people.set_presence(tx, "anna", "HORST", None, NOW)
            await people.put(tx, ANNA, ["bhv-horst"], NOW)
            assert await people.set_presence(tx, "anna", "HORST", None, NOW)
        async with db.transaction(pool) as removing, db.transaction(pool) as saying:
            await people.delete(removing, "anna")
            said = asyncio.create_task(people.set_presence(saying, "anna", "CARRE", None, NOW))
            await asyncio.wait([said], timeout=0.2)
            assert not said.done()
            await removing.execute("COMMIT; BEGIN")
            assert await said is False


async def test_a_presence_without_end_is_none_and_what_was_kept_as_infinity_is_put_right(database_url: str) -> None:
    forever = "INSERT INTO presence VALUES ('anna', 'HORST', 'infinity', now())"
    never = "INSERT INTO presence VALUES ('bert', 'HORST', '-infinity', now())"
    (repair,) = [m.sql for m in migrate.migrations_of("alerting") if m.name == "alerting/0008_finite_presence"]
    async with await db.open_pool(database_url, "alerting") as pool, db.transaction(pool) as tx:
        for name in ("anna", "bert"):
            await people.put(tx, Member(name, name, Language.NL, (), ()), ["bhv-horst"], NOW)
        with pytest.raises(asyncpg.CheckViolationError):
            async with tx.transaction():
                await tx.execute(forever)
        await tx.execute("ALTER TABLE presence DROP CONSTRAINT presence_until_check; DROP INDEX alerts_closed")
        await tx.execute(f"{forever}; {never}; {repair}")
        here = {s.member.member_id: (s.where(NOW), s.until) for s in await people.everybody(tx)}
    assert here == {"anna": ((True, "HORST"), None), "bert": ((False, None), None)}
