"""Gather, decide, save: the one way in which anything changes an alert.

Each function here is one transaction around one rule of the core; what it decided leaves with its commit, and the
messages are handed to the dispatcher after it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.alerting import store_read, store_write
from services.alerting.core.model import Alert, Decision
from services.alerting.core.reason import Event
from services.alerting.dispatch import Dispatcher, Hold, outbound
from services.alerting.store_write import Lease
from shared import clock, db, metrics, waypoint
from shared.db import Connection, Pool
from shared.waypoint import Point

Rule = Callable[[Alert, datetime, frozenset[str]], Decision]
AfterCommit = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Decider:
    """Saves decisions and sends their messages. `notice` tells the timers which alerts changed."""

    pool: Pool
    dispatcher: Dispatcher
    wake_relay: Callable[[], None]
    notice: Callable[[Sequence[Alert]], None]
    lease_s: float

    async def save(
        self, tx: Connection, before: Sequence[Alert], decisions: Sequence[Decision], now: datetime, cause_at: datetime
    ) -> AfterCommit:
        """Write decisions in the caller's transaction; call the result after its commit."""
        lease = Lease(clock.new_id(), now + timedelta(seconds=self.lease_s), cause_at)
        await store_write.save(tx, before, decisions, now, lease)
        waypoint.passed(Point.DECIDED)
        changed = [decision for decision in decisions if decision.changed]

        def after() -> None:
            waypoint.passed(Point.COMMITTED)
            self.wake_relay()
            self.notice([decision.alert for decision in changed])
            for decision in changed:
                holds = [Hold(message, lease.token, 0, cause_at) for message in decision.messages]
                self.dispatcher.send(outbound(decision.alert, holds))
                _count(decision)

        return after

    async def on_alert(self, alert_id: UUID, rule: Rule) -> Decision | None:
        """Apply a rule to one alert, or answer None when there is none with this id."""
        async with db.transaction(self.pool) as tx:
            alerts = await store_read.lock_alerts(tx, [alert_id])
            decision, after = await self._apply(tx, alerts, rule)
        after()
        return decision

    async def on_page(self, page_id: UUID, rule: Rule) -> Decision | None:
        """Apply a rule to the alert of one page, or answer None when there is no such page."""
        async with db.transaction(self.pool) as tx:
            alert = await store_read.lock_alert_of_page(tx, page_id)
            decision, after = await self._apply(tx, [alert] if alert else [], rule)
        after()
        return decision

    async def _apply(self, tx: Connection, alerts: Sequence[Alert], rule: Rule) -> tuple[Decision | None, AfterCommit]:
        if not alerts:
            return None, lambda: None
        now = clock.now()
        decision = rule(alerts[0], now, await store_read.busy_buildings(tx))
        return decision, await self.save(tx, alerts, [decision], now, now)


def _count(decision: Decision) -> None:
    """Metrics of what was decided."""
    for line in decision.timeline:
        if line.event is Event.ESCALATED:
            metrics.ESCALATIONS.labels(line.reason.value).inc()
        if line.event is Event.STAFFED:
            opened = decision.alert.opened_at
            metrics.ALERT_TO_STAFFED.observe((line.at - opened).total_seconds())
