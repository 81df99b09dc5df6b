"""The ONE way a service consumes: every record acts once, is dead-lettered, or is tried until it works.

    records -> decode -> [ ledger, inbox, dead letters, handler, outbox ] one transaction -> after-commit -> one ack

FastStream's own acknowledgement policies each lose messages (reliability.md 1-3); no exception leaves this wrapper and
only it acknowledges. A batch that fails for an unknown reason, or again and again for want of time, is halved until the
guilty record stands alone.
"""

import asyncio
import logging
import math
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never
from uuid import UUID

from shared import clock, db, delivery_store, metrics, outbox, waypoint
from shared.db import Blame, Connection, Pool
from shared.delivery_store import Dead
from shared.errors import Unreadable
from shared.events import Event
from shared.waypoint import Point
from shared.wire import Outgoing, RawRecord, decode, event_id

log = logging.getLogger(__name__)
BATCH = 500
ATTEMPTS = 5
BACKOFF_S = (0.05, 2.0)
HOLD_S = 5.0
REASON_CHARS = 500

AfterCommit = Callable[[], None]
LockOf = Callable[[Event], str | None]
Handler = Callable[[Sequence[Event], Connection, datetime], Awaitable[AfterCommit | None]]


@dataclass(slots=True)
class Progress:
    """What readiness and metrics want to know of a consumer. `began`: of each batch under way, in monotonic seconds."""

    began: list[float] = field(default_factory=list)
    delivered: int = 0
    dead_in_a_row: int = 0
    halted: str | None = None


class Delivery:
    """Delivers batches of records to one handler. `name` is the ledger's consumer, one per consumer group.

    With an inbox an event acts once, whichever record brings it. A fold, which comes out the same whatever it is given
    twice and in whatever order, does without: it must see every record, as a rebuild does.
    `lock_of` names what only one replica at a time may handle an event of: locked before the handler, until the commit.
    """

    def __init__(
        self,
        name: str,
        pool: Pool,
        handler: Handler,
        wake: Callable[[], None],
        dead_limit: int,
        inbox: bool = True,
        lock_of: LockOf = lambda _: None,
    ) -> None:
        self._name = name
        self._pool = pool
        self._handler = handler
        self._wake = wake
        self._dead_limit = dead_limit
        self._inbox = inbox
        self._lock_of = lock_of
        self.progress = Progress()

    async def deliver(self, records: Sequence[RawRecord]) -> None:
        """Return only when each record has acted (now or before) or lies in dead letters, in the order given."""
        waypoint.passed(Point.RECEIVED)
        self.progress.began.append(began := clock.monotonic())
        try:
            await self._deliver(list(records))
        finally:
            self.progress.began.remove(began)

    async def _deliver(self, records: list[RawRecord]) -> None:
        waiting = [records]
        while waiting:
            batch = waiting.pop()
            error = await self._attempt(batch)
            if error is None:
                continue
            if len(batch) > 1:
                middle = len(batch) // 2
                waiting += [batch[middle:], batch[:middle]]
            else:
                await self._give_up(batch[0], error)

    async def _attempt(self, batch: Sequence[RawRecord]) -> Exception | None:
        """Try until it works, or until the batch must be halved or the lone record given up: then why."""
        failed: Counter[Blame] = Counter()
        backoff = BACKOFF_S[0]
        while True:
            try:
                await self._act(batch, reason=None)
            except Exception as error:
                db.raise_if_cancelled(error)
                blame = db.blame(db.without_row(error))
                failed[blame] += 1
                trace = error if blame is Blame.RECORD else None
                log.warning("%s: %d records failed: %s", self._name, len(batch), _said(error), exc_info=trace)
                if failed[blame] >= _tries(blame, len(batch)):
                    return error
                metrics.DELIVERY_RETRIES.labels(self._name).inc()
                await asyncio.sleep(backoff * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
                backoff = min(backoff * 2, BACKOFF_S[1])
            else:
                return None

    async def _give_up(self, record: RawRecord, error: Exception) -> None:
        reason = _said(error)
        log.error("%s: dead letter %s[%d]@%d: %s", self._name, record.topic, record.partition, record.offset, reason)
        while True:
            try:
                return await self._act([record], reason)
            except Exception as again:  # noqa: BLE001 - only the database can fail here, and it comes back
                db.raise_if_cancelled(again)
                log.warning("%s: the dead letter is not stored yet: %s", self._name, _said(again))
                await asyncio.sleep(BACKOFF_S[1])

    async def _act(self, batch: Sequence[RawRecord], reason: str | None) -> None:
        """One transaction for the batch. With a `reason` the (lone) record is buried unread."""
        await self._hold_if_halted()
        now = clock.now()
        events, dead = _sort(batch, reason)
        async with db.transaction(self._pool) as tx:
            first = _first_of_each(events) if self._inbox else {}
            runs = delivery_store.runs(batch)
            ids = {id_: self._lock_of(event) for id_, event in first.items()}
            new_ids, missing = await delivery_store.enter(tx, self._name, runs, ids, now)
            waypoint.passed(Point.INBOX)
            fresh = [event for id_, event in first.items() if id_ in new_ids] if self._inbox else events
            new = await delivery_store.bury(tx, dead, now) if dead else []
            if new:
                await outbox.put(tx, [_letter(d, self._name, now) for d in new], now)
            after = await self._handler(fresh, tx, now) if fresh else None
        if after:
            after()
        self._wake()
        self._count(batch, dead, len(new), missing)

    async def _hold_if_halted(self) -> None:
        """Past the limit of dead letters in a row something is wrong with us, not with them: stop and say so.

        For good, also when a batch that was under way beside it could be read.
        """
        if (count := self.progress.dead_in_a_row) >= self._dead_limit and not self.progress.halted:
            self.progress.halted = f"{count} dead letters in a row; restart when the cause is gone"
        while self.progress.halted:
            log.error("%s: halted: %s", self._name, self.progress.halted)
            await asyncio.sleep(HOLD_S)

    def _count(self, batch: Sequence[RawRecord], dead: Sequence[Dead], new: int, missing: int) -> None:
        """What was buried before a restart does not count again, or a batch that was half done would never be done."""
        self.progress.delivered += len(batch)
        self.progress.dead_in_a_row = self.progress.dead_in_a_row + new if len(dead) == len(batch) else 0
        metrics.DELIVERED.labels(self._name).inc(len(batch))
        if missing:
            metrics.LEDGER_MISSING.labels(self._name).set(missing)
        for letter in dead:
            metrics.DEAD_LETTERS.labels(letter.record.topic).inc()
            log.warning("%s: dead letter on %s: %s", self._name, letter.record.topic, letter.reason)


def _tries(blame: Blame, size: int) -> float:
    """After how many failures a batch is halved or a lone record given up; never for what is not the record's doing."""
    match blame:
        case Blame.RECORD:
            return 1 if size > 1 else ATTEMPTS
        case Blame.SIZE:
            return ATTEMPTS if size > 1 else math.inf
        case Blame.SERVER:
            return math.inf
        case _:
            assert_never(blame)


def _sort(batch: Sequence[RawRecord], reason: str | None) -> tuple[list[Event], list[Dead]]:
    """The readable events in order, and what cannot be read."""
    if reason is not None:
        return [], [Dead(record, reason) for record in batch]
    events: list[Event] = []
    dead: list[Dead] = []
    for record in batch:
        try:
            events.append(decode(record))
        except Unreadable as error:
            dead.append(Dead(record, str(error)))
    return events, dead


def _first_of_each(events: Sequence[Event]) -> dict[UUID, Event]:
    """By the identity that the inbox knows them by, in their order."""
    first: dict[UUID, Event] = {}
    for event in events:
        first.setdefault(event_id(event), event)
    return first


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _letter(dead: Dead, consumer: str, now: datetime) -> Outgoing:
    """The record for `<topic>.dead`: key, value and headers as they came, and where, why, by whom, when."""
    record = dead.record
    added = {
        "dead_topic": record.topic,
        "dead_partition": str(record.partition),
        "dead_offset": str(record.offset),
        "dead_reason": dead.reason[:REASON_CHARS],
        "dead_consumer": consumer,
        "dead_at": now.isoformat(),
    }
    headers = (*record.headers, *((name, text.encode()) for name, text in added.items()))
    return Outgoing(f"{record.topic}.dead", record.key, record.value, tuple(headers))
