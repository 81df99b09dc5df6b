"""Deadlines: whatever is due is decided again, on the database's time or the monotonic one, whichever comes first.

A row a waiting alert (`timers`), claimed with its alert's lock, skipped when another replica has it. The monotonic copy
kept here fires in time when the wall clock jumps back; early is safe because the rules look again, late is not.
"""

import asyncio
import contextlib
import logging
import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from services.alerting import store_read, store_write
from services.alerting.core.due import due_now, on_due
from services.alerting.core.model import Alert
from services.alerting.decide import Decider
from shared import clock, db, metrics
from shared.db import Pool

log = logging.getLogger(__name__)
POLL_S = 0.5
BATCH = 100
RETRY_S = 0.1


class Timers:
    """`notice` learns of changed alerts in this process; the poll learns of those of other replicas."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._due: dict[UUID, tuple[datetime, float]] = {}
        self._changed = asyncio.Event()
        self._learn_at = 0.0

    def notice(self, alerts: Sequence[Alert]) -> None:
        """These alerts were saved: remember when each is due, in monotonic seconds too."""
        for alert in alerts:
            if alert.due_at is None:
                self._due.pop(alert.alert_id, None)
            else:
                self._remember(alert.alert_id, alert.due_at)
        self._changed.set()

    async def run(self, decider: Decider) -> None:
        """Until cancelled: decide what is due, look at the table every 0.5 s, sleep until the next deadline."""
        while True:
            try:
                if clock.monotonic() >= self._learn_at:
                    await self._learn()
                while self._next_due() <= clock.monotonic() and await self.fire(decider) == BATCH:
                    pass
            except db.FAILURES as error:
                db.raise_unless_transient(error)
                log.warning("deadlines are not looked at: %s: %s", type(error).__name__, error)
                await asyncio.sleep(RETRY_S)
            await self._sleep()

    async def fire(self, decider: Decider) -> int:
        """Decide on a batch of what is due; returns how many alerts that were."""
        now, now_s = clock.now(), clock.monotonic()
        ours = {alert_id: due_at for alert_id, (due_at, due) in self._due.items() if due <= now_s}
        async with db.transaction(self._pool) as tx:
            alerts = await store_read.lock_due(tx, now, list(ours), BATCH)
            if not alerts:
                self._forget(ours)
                return 0
            busy = await store_read.busy_buildings(tx)
            # A due time that is not the one whose seconds ran out here is another replica's, of a moment ago.
            over = [due_now(a, now) if ours.get(a.alert_id) == a.due_at else a for a in alerts]
            decisions = [on_due(alert, now, busy) for alert in over]
            after = await decider.save(tx, alerts, decisions, now, now)
            await store_write.save_timers(tx, [d.alert for d in decisions if not d.changed])
        for alert in alerts:
            if alert.due_at is not None:
                metrics.TIMER_LATENESS.observe(max(0.0, (now - alert.due_at).total_seconds()))
        self.notice([decision.alert for decision in decisions])
        after()
        return len(alerts)

    async def _learn(self) -> None:
        """Take over the table: deadlines that other replicas set, and none that are gone."""
        known = set(self._due)
        async with self._pool.acquire(timeout=3) as connection:
            rows = dict(await store_read.timers(connection))
        self._learn_at = clock.monotonic() + POLL_S
        for alert_id in known - set(rows):
            self._due.pop(alert_id, None)
        for alert_id, due_at in rows.items():
            self._remember(alert_id, due_at)

    def _next_due(self) -> float:
        """In monotonic seconds."""
        return min((due for _, due in self._due.values()), default=math.inf)

    def _remember(self, alert_id: UUID, due_at: datetime) -> None:
        """Whichever comes first: what the wall clock says now, or what it said when the deadline became known."""
        by_wall = clock.monotonic() + (due_at - clock.now()).total_seconds()
        known = self._due.get(alert_id)
        self._due[alert_id] = (due_at, min(by_wall, known[1]) if known and known[0] == due_at else by_wall)

    def _forget(self, early: Iterable[UUID]) -> None:
        """Another replica has decided them, or holds them now; the next look at the table tells."""
        for alert_id in early:
            self._due.pop(alert_id, None)

    async def _sleep(self) -> None:
        self._changed.clear()
        seconds = min(POLL_S, max(0.0, self._next_due() - clock.monotonic()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)
