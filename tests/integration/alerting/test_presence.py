"""Who can be paged follows from where he said to be, and until when."""

from datetime import timedelta

from services.alerting import people
from services.alerting.core.facts import Channel, Member
from services.alerting.people import Roster
from shared import db
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
