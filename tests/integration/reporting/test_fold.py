"""The fold: any order and any repeat gives the same tables; revisions commit in order."""

import asyncio
from collections.abc import Sequence

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.reporting.fold import fold
from shared import db
from shared.db import Connection
from shared.events import Event
from shared.words import AlertState, Answer, Confidentiality, Kind, PageState
from tests.integration.reporting.room import Room
from tests.unit.reporting.invented import alert, incident, named, page

TABLES = {
    "incidents": "SELECT * FROM incidents ORDER BY incident_id",
    "alerts": "SELECT * FROM alerts ORDER BY alert_id",
    "links": "SELECT * FROM links ORDER BY incident_id, alert_id",
    "timeline": "SELECT * FROM timeline ORDER BY alert_id, seq",
    "pages": "SELECT * FROM pages ORDER BY page_id",
}
STORY: Sequence[Event] = (
    incident("smoke"),
    incident("heat", at=5),
    incident("elsewhere", building="CARRE"),
    incident("elsewhere", building="Émile"),  # the same incident sent again at the same moment, and later
    incident("elsewhere", building="ARENA", at=1),
    incident("elsewhere", kind=Kind.GAS, building="ARENA"),
    incident("private", at=3, title="A name"),
    incident("private", at=3, confidentiality=Confidentiality.CONFIDENTIAL),  # sent again, on another topic
    incident("private", at=2, confidentiality=Confidentiality.OPEN),
    alert("fire", 1, incidents=["smoke"], opened=1),
    alert("fire", 2, incidents=["smoke", "heat"], opened=1, coming=1),
    alert("fire", 3, incidents=["smoke", "heat"], opened=1, coming=3, state=AlertState.STAFFED),
    alert("second plan", 1, incidents=["smoke"], opened=2, plan="sprinkler"),
    page("fire", "Kim", 1, state=PageState.SENDING),
    page("fire", "Kim", 2, answer=Answer.COMING, eta_s=120),
    page("fire", "Noor", 1),
)


async def tables(connection: Connection) -> dict[str, list[asyncpg.Record]]:
    """Every view, without revisions."""
    return {name: await connection.fetch(query) for name, query in TABLES.items()}


async def test_a_story_in_order_gives_what_it_says(room: Room) -> None:
    await room.fold(*STORY)
    async with room.pool.acquire() as connection:
        found = await tables(connection)
    assert {name: len(rows) for name, rows in found.items()} == {
        "incidents": 4, "alerts": 2, "links": 3, "timeline": 4, "pages": 2,
    }  # fmt: skip
    links = {row["incident_id"]: row["alert_id"] for row in found["incidents"]}
    fire = named("fire")
    assert links == {
        named("smoke"): fire, named("heat"): fire, named("elsewhere"): None, named("private"): None
    }  # fmt: skip
    [private] = [row for row in found["incidents"] if row["incident_id"] == named("private")]
    assert (private["confidentiality"], private["title"]) == ("confidential", "Melding private")
    assert {row["version"] for row in found["alerts"]} == {3, 1}
    assert {(row["member"], row["answer"]) for row in found["pages"]} == {("Kim", "coming"), ("Noor", None)}


@given(st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_repeats_and_any_cutting_into_batches_give_the_same(room: Room, data: st.DataObject) -> None:
    async with db.transaction(room.pool) as tx:
        await tx.execute("TRUNCATE incidents, alerts, links, timeline, pages, changes")
        await fold(STORY, tx)
        straight = await tables(tx)
        await tx.execute("TRUNCATE incidents, alerts, links, timeline, pages, changes")
        arrived = data.draw(st.permutations([*STORY, *data.draw(st.lists(st.sampled_from(STORY), max_size=5))]))
        while arrived:
            size = data.draw(st.integers(1, len(arrived)))
            await fold(arrived[:size], tx)
            arrived = arrived[size:]
        assert await tables(tx) == straight


async def test_the_link_is_the_same_whichever_arrives_first_and_changes_the_incidents_revision(room: Room) -> None:
    await room.fold(incident("smoke"))
    before = (await room.get(f"/monitor/v1/incidents/{named('smoke')}"))["revision"]
    await room.fold(alert("fire", incidents=["smoke", "heat"]))
    after = await room.get(f"/monitor/v1/incidents/{named('smoke')}")
    assert after["revision"] > before
    await room.fold(incident("heat"))
    assert (
        (await room.get(f"/monitor/v1/incidents/{named('heat')}"))["alert_id"]
        == after["alert_id"]
        == str(named("fire"))
    )


async def test_a_repeat_changes_no_revision(room: Room) -> None:
    await room.fold(*STORY)
    before = await room.pool.fetch("SELECT * FROM changes ORDER BY revision")
    await room.fold(*reversed(STORY))
    assert await room.pool.fetch("SELECT * FROM changes ORDER BY revision") == before
    assert await room.pool.fetchval("SELECT current FROM revision") == before[-1]["revision"]


async def test_revisions_become_visible_in_order_under_concurrent_batches(room: Room) -> None:
    """A reader that has seen revision n never finds a lower one later that it had not seen: nothing is skipped."""
    done = False
    seen: set[int] = set()
    highest = 0

    async def write(writer: int) -> None:
        for n in range(25):
            async with db.transaction(room.pool) as tx:
                await fold([incident(f"w{writer}-{n}-{k}") for k in range(3)], tx)
                await asyncio.sleep(0.001 * ((writer + n) % 4))

    async def watch() -> None:
        nonlocal highest
        while not done:
            rows = await room.pool.fetch("SELECT revision FROM changes WHERE revision > $1", highest)
            seen.update(row["revision"] for row in rows)
            highest = max(seen, default=0)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(write(n) for n in range(4)))
    done = True
    await watching
    rows = await room.pool.fetch("SELECT revision FROM changes ORDER BY revision")
    everything = [row["revision"] for row in rows]
    assert everything == list(range(1, 301))
    assert seen == set(everything[: len(seen)])


async def test_text_that_postgresql_cannot_hold_is_shown_without_it(room: Room) -> None:
    await room.fold(incident("odd", title="a\0b").model_copy(update={"details": {"raw": "x\0y"}, "dedup_key": "k\0"}))
    shown = await room.get(f"/monitor/v1/incidents/{named('odd')}")
    assert (shown["title"], shown["details"], shown["dedup_key"]) == ("a\ufffdb", {"raw": "x\ufffdy"}, "k\ufffd")
