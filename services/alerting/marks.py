"""Writes down, in batches, what became of messages; and takes over the messages whose lease ran out."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from services.alerting import messages, store_read, store_write
from services.alerting.channels.outcome import Never, Sent
from services.alerting.core.due import on_failed
from services.alerting.core.model import Page
from services.alerting.decide import Decider
from services.alerting.dispatch import Dispatcher, Hold, Result, next_try, outbound
from shared import clock, db, metrics, outbox, waypoint
from shared.db import Connection, Pool
from shared.waypoint import Point
from shared.words import MessageType, PageState

log = logging.getLogger(__name__)
BATCH = 500
SWEEP_S = 0.5
GATHER_S = 0.05
BACKOFF_S = 0.25
UNDER_WAY = (PageState.QUEUED, PageState.SENDING)


class Marks:
    """Two loops: `run` marks what was sent, `sweep` sends again what was not."""

    def __init__(
        self, pool: Pool, dispatcher: Dispatcher, decider: Decider, wake_relay: Callable[[], None], lease_s: float
    ) -> None:
        self._pool = pool
        self._dispatcher = dispatcher
        self._decider = decider
        self._wake_relay = wake_relay
        self._lease_s = lease_s

    async def run(self) -> None:
        """Until cancelled: take the results of a moment, write them in one transaction, again and again.

        A mark may wait (its lease is 100 times as long); the pages behind it get the processor and the disk.
        """
        results = self._dispatcher.results
        while True:
            batch = [await results.get()]
            await asyncio.sleep(GATHER_S)
            while len(batch) < BATCH and not results.empty():
                batch.append(results.get_nowait())
            await self._until_written(batch)

    async def _until_written(self, batch: Sequence[Result]) -> None:
        while True:
            try:
                return await self.write(batch)
            except db.FAILURES as error:
                db.raise_unless_transient(error)
                log.warning("sent marks are not written yet: %s", error)
                await asyncio.sleep(BACKOFF_S)

    async def write(self, batch: Sequence[Result]) -> None:
        """Mark sent, delivered, to be tried again, or failed for good (which the rules then decide about)."""
        sent = [r for r in batch if isinstance(r.outcome, Sent)]
        failed = [r for r in batch if r.failed]
        again = [r for r in batch if not (isinstance(r.outcome, Sent) or r.failed)]
        now = clock.now()
        async with db.transaction(self._pool) as tx:
            if failed:  # all alerts in one order before any of them alone
                await store_read.lock_alerts(tx, sorted({r.outbound.alert.alert_id for r in sent + failed}))
            if again:
                await messages.retry_at(tx, [(r.outbound.key, r.outbound.token, _when(r), r.refusals) for r in again])
            if sent:
                await messages.mark_sent(tx, [(r.outbound.key, r.outbound.token, r.at) for r in sent])
                await self._mark_pages(tx, [r for r in sent if r.outbound.message.type is MessageType.PAGE], now)
            after = await self._fail(tx, failed, now) if failed else []
        waypoint.passed(Point.MARKED)
        self._wake_relay()
        for call in after:
            call()
        for result in again + failed:
            log.warning("%s on %s: %s", result.outbound.key, result.channel, result.outcome)

    async def _mark_pages(self, tx: Connection, sent: Sequence[Result], now: datetime) -> None:
        alerts = await store_read.lock_alerts(tx, sorted({r.outbound.alert.alert_id for r in sent}))
        results = {_round(r): r for r in sent}
        changed = [(alert, marked(p, results[r])) for alert in alerts for p in alert.pages if (r := _now(p)) in results]
        await store_write.save_pages(tx, changed)
        await outbox.put(tx, [store_write.page_record(alert, page, now) for alert, page in changed], now)

    async def _fail(self, tx: Connection, failed: Sequence[Result], now: datetime) -> list[Callable[[], None]]:
        ours = await messages.mark_failed(tx, [(r.outbound.key, r.outbound.token) for r in failed])
        pages = [r for r in failed if r.outbound.message.type is MessageType.PAGE and r.outbound.key in ours]
        gone = {_round(r) for r in pages}
        alerts = await store_read.lock_alerts(tx, sorted({r.outbound.alert.alert_id for r in pages}))
        busy = await store_read.busy_buildings(tx) if alerts else frozenset()
        decisions = [on_failed(a, [p.page_id for p in a.pages if _now(p) in gone], now, busy) for a in alerts]
        return [await self._decider.save(tx, alerts, decisions, now, now)] if decisions else []

    async def receipt(self, page_id: UUID) -> Page | None:
        """The tablet itself says that it shows this page; None when there is no such page. A repeat changes nothing."""
        now = clock.now()
        async with db.transaction(self._pool) as tx:
            alert = await store_read.lock_alert_of_page(tx, page_id)
            page = next((p for p in alert.pages if p.page_id == page_id), None) if alert else None
            if alert is None or page is None or page.delivered_at is not None:
                return page
            shown = with_receipt(page, now)
            await store_write.save_pages(tx, [(alert, shown)])
            await outbox.put(tx, [store_write.page_record(alert, shown, now)], now)
        self._wake_relay()
        return shown

    async def sweep(self) -> None:
        """Until cancelled: look for leases that ran out."""
        while True:
            try:
                while await self.send_expired():
                    pass
            except db.FAILURES as error:
                db.raise_unless_transient(error)
                log.warning("leases are not looked at: %s", error)
            await asyncio.sleep(SWEEP_S)

    async def send_expired(self) -> int:
        """Send again what its sender did not confirm in time, as much as can start at once; returns how much."""
        now, token = clock.now(), clock.new_id()
        async with db.transaction(self._pool) as tx:
            until = now + timedelta(seconds=self._lease_s)
            await messages.drop_expired(tx, now)
            leased = await messages.claim_expired(tx, now, token, until, self._dispatcher.room)
            alerts = {a.alert_id: a for a in await store_read.read_alerts(tx, sorted({m.alert_id for m in leased}))}
        metrics.LEASES_EXPIRED.inc(len(leased))
        for alert_id, alert in alerts.items():
            mine = [m for m in leased if m.alert_id == alert_id]
            holds = [Hold(m.message, m.token, m.attempts, m.cause_at, m.refusals) for m in mine]
            self._dispatcher.send(outbound(alert, holds))
        return len(leased)


def marked(page: Page, result: Result) -> Page:
    """The page after its channel took it; a page that was stood down meanwhile stays so."""
    state = PageState.SENT if page.state in UNDER_WAY else page.state
    sent = replace(
        page, state=state, channel=result.channel, sent_at=page.sent_at or result.at, version=page.version + 1
    )
    delivered = isinstance(result.outcome, Sent) and result.outcome.delivered
    return replace(with_receipt(sent, result.at), version=sent.version) if delivered else sent


def with_receipt(page: Page, at: datetime) -> Page:
    """The page with its delivery receipt, the first one counts."""
    if page.delivered_at is None:
        metrics.PAGE_DELIVERY.labels(page.channel).observe(max(0.0, (at - (page.sent_at or at)).total_seconds()))
    state = PageState.DELIVERED if page.state in (*UNDER_WAY, PageState.SENT) else page.state
    return replace(page, state=state, delivered_at=page.delivered_at or at, version=page.version + 1)


def _round(result: Result) -> tuple[UUID, int]:
    """The page, and which of its rounds the result is of; of a round that is over it says nothing any more."""
    return result.outbound.page.page_id, result.outbound.message.n


def _now(page: Page) -> tuple[UUID, int]:
    """The page's present round."""
    return page.page_id, page.told.get(MessageType.PAGE, 0)


def _when(result: Result) -> datetime:
    """A channel that never works gives way to the next one at once."""
    if isinstance(result.outcome, Never):
        return result.at
    return next_try(result.outbound.attempts, result.at)
