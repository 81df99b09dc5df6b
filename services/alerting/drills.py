"""Ends drills whose people a real alarm has called since, at whatever step and in whatever building it is.

A batch of incidents ends those that it finds in its way itself; a step that is called by a deadline, an answer or an
operator looks at its own alert alone, so this looks at all of them.
"""

import asyncio
import logging

from services.alerting import store_read
from services.alerting.core.drills import give_way
from services.alerting.decide import Decider
from shared import clock, db
from shared.db import Pool

log = logging.getLogger(__name__)
LOOK_S = 0.5


class Drills:
    """Looks until cancelled, in every replica; whoever is first ends a drill."""

    def __init__(self, pool: Pool, decider: Decider) -> None:
        self._pool = pool
        self._decider = decider

    async def run(self) -> None:
        """One look every 0.5 s."""
        while True:
            try:
                await self.make_way()
            except db.FAILURES as error:
                db.raise_unless_transient(error)
                log.warning("drills are not looked at: %s", type(error).__name__)
            await asyncio.sleep(LOOK_S)

    async def make_way(self) -> None:
        """End the drills that are in the way of a real alarm."""
        async with self._pool.acquire(timeout=3) as connection:
            found = await store_read.drills_in_the_way(connection)
        if not found:
            return
        now = clock.now()
        async with db.transaction(self._pool) as tx:
            drills = await store_read.lock_alerts(tx, list(found))
            decisions = [give_way(drill, found[drill.alert_id], now) for drill in drills]
            after = await self._decider.save(tx, drills, decisions, now, now)
        after()
