"""Open tablets are woken, in every replica, by what concerns them and nothing else; a stream ends with its server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from services.alerting.channels.tablet import Tablets
from services.alerting.onlookers import Onlookers
from services.alerting.respond import live
from services.alerting.respond.live import events
from services.alerting.respond.read import Scenes
from shared import db, web
from shared.db import Pool
from tests.integration.alerting.saving import saved
from tests.unit.alerting.world import COMING, NOW, opened

WITHIN_S = 5.0


@dataclass
class Replica:
    """What of one process of alerting concerns tablets."""

    pool: Pool
    tablets: Tablets
    onlookers: Onlookers


@pytest.fixture
async def replicas(database_url: str) -> AsyncIterator[tuple[Replica, Replica]]:
    """Two processes' worth on one database."""
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(await db.open_pool(database_url, "alerting"))
        pair = (await _replica(stack, database_url, pool), await _replica(stack, database_url, pool))
        yield pair


async def test_a_count_that_changed_in_one_replica_wakes_the_paged_in_every_other(
    replicas: tuple[Replica, Replica],
) -> None:
    here, there = replicas
    story = await saved(here.pool, opened())
    async with (
        there.tablets.listening("h1") as paged,
        there.tablets.listening("stranger") as stranger,
        here.tablets.listening("h2") as own,
    ):
        here.onlookers.changed([story.alert])
        await asyncio.wait_for(asyncio.gather(paged.wait(), own.wait()), WITHIN_S)
        assert not stranger.is_set()


async def test_a_page_wakes_its_member_alone(replicas: tuple[Replica, Replica]) -> None:
    here, there = replicas
    async with there.tablets.listening("h1") as called, there.tablets.listening("h2") as other:
        await here.tablets.send("tablet-h1", "key", {"member_id": "h1"})
        await asyncio.wait_for(called.wait(), WITHIN_S)
        assert not other.is_set()


async def test_a_stream_tells_news_and_ends_itself_when_the_server_leaves(replicas: tuple[Replica, Replica]) -> None:
    tablets, leaving = replicas[0].tablets, asyncio.Event()
    stream = events(tablets, "h1", leaving)
    assert b"event: tick" in await anext(stream)
    tablets.wake("h1")
    assert await asyncio.wait_for(anext(stream), 1) == b"event: news\ndata: {}\n\n"
    asyncio.get_running_loop().call_later(0.1, leaving.set)
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(anext(stream), 1)
    assert tablets.members == []


async def test_no_tick_comes_while_no_news_could(
    replicas: tuple[Replica, Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "AGAIN_S", 0.05)
    tablets = replicas[0].tablets
    tablets.hears = False
    stream = live.events(tablets, "h1", asyncio.Event())
    assert b"tick" not in await anext(stream)
    following = asyncio.ensure_future(anext(stream))
    await asyncio.wait({following}, timeout=0.3)
    assert not following.done()
    tablets.hears = True
    assert b"event: tick" in await asyncio.wait_for(following, 1)


async def test_every_look_sees_the_newest_version_of_the_alert(replicas: tuple[Replica, Replica]) -> None:
    pool = replicas[0].pool
    scenes = Scenes(pool)
    story = await saved(pool, opened())
    ((before, _),) = await scenes.of_member("h1", NOW)
    assert before.coming == {"total": 0, "lead": 0}
    story.answers(COMING, "h1")
    await saved(pool, story)
    ((after, page),) = await scenes.of_member("h1", NOW)
    assert (after.coming, page.answer) == ({"total": 1, "lead": 1}, COMING)


async def test_many_looks_at_once_read_an_alert_once(replicas: tuple[Replica, Replica]) -> None:
    pool = replicas[0].pool
    await saved(pool, opened())
    scenes = Scenes(pool)
    looks = await asyncio.gather(*(scenes.of_member(f"h{n % 5 + 1}", NOW) for n in range(40)))
    assert len({id(scene) for ((scene, _),) in looks}) == 1


async def _replica(stack: AsyncExitStack, url: str, pool: Pool) -> Replica:
    """Running, and listening by now."""
    tablets = Tablets(url, pool)
    onlookers = Onlookers(pool, tablets)
    await stack.enter_async_context(web.background(tablets.run, onlookers.tell, onlookers.wake))
    async with tablets.listening("first") as woken:  # everybody looks once after LISTEN
        await asyncio.wait_for(woken.wait(), WITHIN_S)
    return Replica(pool, tablets, onlookers)
