"""Hands messages to the channels after the commit that decided them, and tells `marks` what became of them.

A message is `sending` with a lease before its channel is called. Sent marks are written in batches; a message whose
lease runs out, because this process died or its channel asked to try later, is sent again with the same key. Where it
waits for its turn is said in `places`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.alerting.channels import webhook
from services.alerting.channels.outcome import Never, Outcome, Retry, Sent
from services.alerting.core.facts import Channel
from services.alerting.core.model import Alert, Message, Page
from services.alerting.core.report import webhook_body
from services.alerting.places import Places
from shared import clock, metrics, waypoint
from shared.waypoint import Point
from shared.words import MessageType

log = logging.getLogger(__name__)
TAKEN_OVER = 500
RETRY_S = (0.5, 1.0, 2.0)
ORDER = (MessageType.PAGE, MessageType.UPDATE, MessageType.STAND_DOWN, MessageType.RESTORED)

Send = Callable[[str, str, Mapping[str, Any]], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Outbound:
    """A message this process holds the lease of; `refusals` as in `Hold`."""

    alert: Alert
    page: Page
    channels: tuple[Channel, ...]
    message: Message
    token: UUID
    attempts: int
    cause_at: datetime
    refusals: int = 0

    @property
    def key(self) -> str:
        """The Idempotency-Key, the same at every try."""
        return self.message.key

    @property
    def channel(self) -> Channel | None:
        """The member's channels in turn, the primary first."""
        return self.channels[self.attempts % len(self.channels)] if self.channels else None

    @property
    def receiver(self) -> str:
        """What falls silent as one with others of its kind: a webhook's server, else the kind itself."""
        channel = self.channel
        return webhook.server(channel.address) if channel and channel.kind == webhook.KIND else ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A message to send: its lease's token, how often it was tried, and when the event came that caused it.

    `refusals`: how many of the last tries, one after another, were answered `Never`.
    """

    message: Message
    token: UUID
    attempts: int
    cause_at: datetime
    refusals: int = 0


def outbound(alert: Alert, holds: Sequence[Hold]) -> list[Outbound]:
    """Messages of one alert with their pages and the channels that were frozen when it opened."""
    pages = {page.page_id: page for page in alert.pages}
    teams = {pages[hold.message.page_id].team for hold in holds}
    channels = {m.member_id: m.channels for team in teams for m in alert.frozen.roster.get(team, ())}
    ready = []
    for hold in holds:
        page = pages[hold.message.page_id]
        reach = channels.get(page.member_id, ())
        ready.append(
            Outbound(alert, page, reach, hold.message, hold.token, hold.attempts, hold.cause_at, hold.refusals)
        )
    return ready


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message, when, on which kind of channel."""

    outbound: Outbound
    outcome: Outcome
    channel: str
    at: datetime

    @property
    def refusals(self) -> int:
        """How many of the last tries, this one included, were answered `Never`."""
        return self.outbound.refusals + 1 if isinstance(self.outcome, Never) else 0

    @property
    def failed(self) -> bool:
        """Whether every channel of the member said so, one after another; one that said "later" is tried again."""
        return isinstance(self.outcome, Never) and self.refusals >= len(self.outbound.channels)


class Dispatcher:
    """Sends without making its caller wait; `results` is emptied by `services.alerting.marks`."""

    def __init__(
        self, channels: Mapping[str, Send], answer_url: Callable[[UUID], str], timeout_s: float, lease_s: float
    ) -> None:
        self._channels = channels
        self._answer_url = answer_url
        self._timeout_s = timeout_s
        self._lease_s = lease_s
        self._places = Places()
        self._first: set[asyncio.Task[None]] = set()
        self._again: set[asyncio.Task[None]] = set()
        self.results: asyncio.Queue[Result] = asyncio.Queue()

    @property
    def room(self) -> int:
        """How many pages' messages more may be taken over, to be sent again; most may wait for one receiver."""
        return max(0, TAKEN_OVER - len(self._again))

    def send(self, messages: Sequence[Outbound]) -> None:
        """Start sending; returns at once. Call it right after the commit of the messages' leases.

        Pages wait for nothing but their places; those of one page go one after another, so that nobody is called to
        come after he was told that it is over.
        """
        until = clock.monotonic() + self._lease_s
        for row in _rows(messages):
            tasks = self._again if row[0].attempts else self._first
            task = asyncio.create_task(self._send_row(row, until))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Let what is under way end, at most so long; the rest is sent again by whoever finds its lease ended."""
        if tasks := self._first | self._again:
            await asyncio.wait(tasks, timeout=seconds)

    async def _send_row(self, row: Sequence[Outbound], until: float) -> None:
        for outbound in row:
            await self._send(outbound, until)

    async def _send(self, outbound: Outbound, until: float) -> None:
        kind = outbound.channel.kind if outbound.channel else "none"
        async with self._places.one(kind, outbound.receiver, again=outbound.attempts > 0):
            left_s = until - clock.monotonic()
            if left_s <= 0:
                return  # it waited too long for a slow receiver: whoever finds its lease ended sends it
            outcome = await self._hand_over(outbound, min(self._timeout_s, left_s))
        waypoint.passed(Point.SENT)
        at = clock.now()
        if isinstance(outcome, Sent) and outbound.message.type is MessageType.PAGE and outbound.attempts == 0:
            metrics.EVENT_TO_PAGE.observe(max(0.0, (at - outbound.cause_at).total_seconds()))
        metrics.PAGES.labels(kind, type(outcome).__name__.lower()).inc()
        self.results.put_nowait(Result(outbound, outcome, kind, at))

    async def _hand_over(self, outbound: Outbound, within_s: float) -> Outcome:
        channel = outbound.channel
        send = self._channels.get(channel.kind) if channel else None
        if channel is None or send is None:
            return Never(f"no channel {channel.kind} here" if channel else "no channel")
        url = self._answer_url(outbound.page.page_id)
        body = webhook_body(outbound.alert, outbound.page, outbound.message, clock.now(), url)
        waypoint.passed(Point.LEASED)
        try:
            return await asyncio.wait_for(send(channel.address, outbound.key, body), within_s)
        except TimeoutError:
            return Retry(f"no receipt within {within_s:.1f} s")
        except Exception as error:
            log.exception("channel %s failed", channel.kind)
            return Retry(type(error).__name__)


def _rows(messages: Iterable[Outbound]) -> Iterable[list[Outbound]]:
    """The messages of each page, in the order in which they are true: called, news, not needed, over."""
    rows: dict[UUID, list[Outbound]] = {}
    for outbound in messages:
        rows.setdefault(outbound.page.page_id, []).append(outbound)
    for row in rows.values():
        row.sort(key=lambda outbound: ORDER.index(outbound.message.type))
    return rows.values()


def next_try(attempts: int, at: datetime) -> datetime:
    """When to try again after so many attempts: 0.5, 1, then every 2 s."""
    return at + timedelta(seconds=RETRY_S[min(attempts, len(RETRY_S) - 1)])
