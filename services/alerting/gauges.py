"""Gauges read from the tables every few seconds: open alerts by plan, BHV members present by building."""

import asyncio
import logging

from services.alerting import people
from shared import clock, db, metrics
from shared.db import Pool

log = logging.getLogger(__name__)
EVERY_S = 5.0


class Gauges:
    """Refreshes until cancelled."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def run(self) -> None:
        """One look every 5 s; a database that is away leaves the last values."""
        while True:
            try:
                await self.refresh()
            except db.FAILURES as error:
                db.raise_unless_transient(error)
                log.warning("gauges are not refreshed: %s", type(error).__name__)
            await asyncio.sleep(EVERY_S)

    async def refresh(self) -> None:
        """Set both gauges from scratch, so that a plan or building without any shows none; not what is confidential."""
        async with self._pool.acquire(timeout=3) as tx:
            plans = await tx.fetch(
                """
                SELECT plan, count(*) AS n FROM alerts
                WHERE state <> 'closed' AND confidentiality <> 'confidential' GROUP BY plan
                """
            )
            everybody = await people.everybody(tx)
        metrics.ALERTS_OPEN.clear()
        for row in plans:
            metrics.ALERTS_OPEN.labels(row["plan"]).set(row["n"])
        present: dict[str, int] = {}
        now = clock.now()
        for someone in everybody:
            for team in someone.teams:
                if team.startswith(people.BHV_PREFIX) and someone.available(team, now):
                    building = team.removeprefix(people.BHV_PREFIX).upper()
                    present[building] = present.get(building, 0) + 1
        metrics.TEAM_PRESENT.clear()
        for building, count in present.items():
            metrics.TEAM_PRESENT.labels(building).set(count)
