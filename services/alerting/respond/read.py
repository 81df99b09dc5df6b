"""Reading for tablets: a member's own pages at every look, an alert's pages once for each of its versions.

A call to 1,300 members makes 1,300 tablets look at every change of the count; each look reads its own row alone.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.alerting import store_read
from services.alerting.core.model import Page
from services.alerting.respond.view import Scene, scene_of
from services.alerting.rows import page_of
from shared.db import Connection, Pool

KEPT = 256
AT_ONCE = 4  # of the pool's connections; the others are for deciding


class Scenes:
    """The alerts as tablets see them, the newest version of each kept in memory."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: OrderedDict[UUID, Scene] = OrderedDict()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._reading = asyncio.Lock()

    async def of_member(self, member_id: str, closed_after: datetime) -> list[tuple[Scene, Page]]:
        """A member's pages of open alerts and of those closed after a moment; open ones first, then the newest."""
        async with self._places, self._pool.acquire(timeout=3) as tx:
            return await self._with_scenes(tx, await pages_of_member(tx, member_id, closed_after))

    async def of_page(self, page_id: UUID) -> tuple[Scene, Page] | None:
        """One page, of a closed alert too."""
        async with self._places, self._pool.acquire(timeout=3) as tx:
            found = await self._with_scenes(tx, await one_page(tx, page_id))
        return found[0] if found else None

    async def _with_scenes(self, tx: Connection, rows: Sequence[Record]) -> list[tuple[Scene, Page]]:
        scenes = self._scenes(rows)
        if len(scenes) < len({row["alert_id"] for row in rows}):
            async with self._reading:  # whoever comes second finds it read
                scenes = self._scenes(rows)
                unread = {row["alert_id"] for row in rows} - scenes.keys()
                for alert in await store_read.read_alerts(tx, sorted(unread)):
                    scenes[alert.alert_id] = self._keep(scene_of(alert))
        return [(scenes[row["alert_id"]], page_of(row)) for row in rows]

    def _scenes(self, rows: Sequence[Record]) -> dict[UUID, Scene]:
        """Those in memory that are not older than the rows say."""
        wanted = {row["alert_id"]: row["alert_version"] for row in rows}
        known = ((alert_id, version, self._known.get(alert_id)) for alert_id, version in wanted.items())
        return {alert_id: scene for alert_id, version, scene in known if scene and scene.alert.version >= version}

    def _keep(self, scene: Scene) -> Scene:
        self._known[scene.alert.alert_id] = scene
        self._known.move_to_end(scene.alert.alert_id)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return scene


async def pages_of_member(tx: Connection, member_id: str, closed_after: datetime) -> list[Record]:
    """Pages with the version of their alert. The few alerts are found first, by two indexes: open, closed lately."""
    return await tx.fetch(
        """
        SELECT p.*, a.version AS alert_version FROM pages p JOIN alerts a USING (alert_id)
        WHERE p.member_id = $1 AND (a.state <> 'closed' OR a.closed_at > $2)
        ORDER BY a.state = 'closed', a.opened_at DESC, p.step
        """,
        member_id,
        closed_after,
    )


async def one_page(tx: Connection, page_id: UUID) -> list[Record]:
    """The page with the version of its alert, or nothing."""
    return await tx.fetch(
        """
        SELECT p.*, a.version AS alert_version FROM pages p JOIN alerts a USING (alert_id) WHERE p.page_id = $1
        """,
        page_id,
    )
