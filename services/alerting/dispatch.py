"""Hands messages to the channels after the commit that decided them, and tells `marks` what became of them.

A message is `sending` with a lease before its channel is called. Sent marks are written in batches; a message whose
lease runs out, because this process died or its channel asked to try later, is sent again with the same key.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.alerting.channels.outcome import Never, Outcome, Retry, Sent
from services.alerting.core.facts import Channel
from services.alerting.core.model import Alert, Message, Page
from services.alerting.core.report import webhook_body
from shared import clock, metrics, waypoint
from shared.waypoint import Point
from shared.words import MessageType

log = logging.getLogger(__name__)
AT_ONCE = 128
RETRY_S = (0.5, 1.0, 2.0)

Send = Callable[[str, str, Mapping[str, Any]], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Outbound:
    """A message this process holds the lease of."""

    alert: Alert
    page: Page
    channels: tuple[Channel, ...]
    message: Message
    token: UUID
    attempts: int
    cause_at: datetime

    @property
    def key(self) -> str:
        """The Idempotency-Key, the same at every try."""
        return self.message.key

    @property
    def channel(self) -> Channel | None:
        """The member's channels in turn, the primary first."""
        return self.channels[self.attempts % len(self.channels)] if self.channels else None

    @property
    def last_channel(self) -> bool:
        """Whether every channel of the member has had its turn."""
        return self.attempts + 1 >= len(self.channels)


@dataclass(frozen=True, slots=True)
class Hold:
    """A message to send: its lease's token, how often it was tried, and when the event came that caused it."""

    message: Message
    token: UUID
    attempts: int
    cause_at: datetime


def outbound(alert: Alert, holds: Sequence[Hold]) -> list[Outbound]:
    """Messages of one alert with their pages and the channels that were frozen when it opened."""
    pages = {page.page_id: page for page in alert.pages}
    teams = {pages[hold.message.page_id].team for hold in holds}
    channels = {m.member_id: m.channels for team in teams for m in alert.frozen.roster.get(team, ())}
    ready = []
    for hold in holds:
        page = pages[hold.message.page_id]
        reach = channels.get(page.member_id, ())
        ready.append(Outbound(alert, page, reach, hold.message, hold.token, hold.attempts, hold.cause_at))
    return ready


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message, when, on which kind of channel."""

    outbound: Outbound
    outcome: Outcome
    channel: str
    at: datetime


class Dispatcher:
    """Sends without making its caller wait; `results` is emptied by `services.alerting.marks`."""

    def __init__(
        self, channels: Mapping[str, Send], answer_url: Callable[[UUID], str], timeout_s: float, lease_s: float
    ) -> None:
        self._channels = channels
        self._answer_url = answer_url
        self._timeout_s = timeout_s
        self._lease_s = lease_s
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.results: asyncio.Queue[Result] = asyncio.Queue()

    @property
    def room(self) -> int:
        """How many messages more would not have to wait for others."""
        return max(0, AT_ONCE - len(self._tasks))

    def send(self, messages: Sequence[Outbound]) -> None:
        """Start sending; returns at once. Call it right after the commit of the messages' leases."""
        until = clock.monotonic() + self._lease_s
        for message in messages:
            task = asyncio.create_task(self._send(message, until))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Let what is under way end, at most so long; the rest is sent again by whoever finds its lease ended."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _send(self, outbound: Outbound, until: float) -> None:
        async with self._places:
            if clock.monotonic() >= until:
                return  # it waited too long behind slow receivers: whoever finds its lease ended sends it
            outcome = await self._hand_over(outbound)
        waypoint.passed(Point.SENT)
        at = clock.now()
        kind = outbound.channel.kind if outbound.channel else "none"
        if isinstance(outcome, Sent) and outbound.message.type is MessageType.PAGE and outbound.attempts == 0:
            metrics.EVENT_TO_PAGE.observe(max(0.0, (at - outbound.cause_at).total_seconds()))
        metrics.PAGES.labels(kind, type(outcome).__name__.lower()).inc()
        self.results.put_nowait(Result(outbound, outcome, kind, at))

    async def _hand_over(self, outbound: Outbound) -> Outcome:
        channel = outbound.channel
        send = self._channels.get(channel.kind) if channel else None
        if channel is None or send is None:
            return Never(f"no channel {channel.kind} here" if channel else "no channel")
        url = self._answer_url(outbound.page.page_id)
        body = webhook_body(outbound.alert, outbound.page, outbound.message, clock.now(), url)
        waypoint.passed(Point.LEASED)
        try:
            return await asyncio.wait_for(send(channel.address, outbound.key, body), self._timeout_s)
        except TimeoutError:
            return Retry(f"no receipt within {self._timeout_s} s")
        except Exception as error:
            log.exception("channel %s failed", channel.kind)
            return Retry(type(error).__name__)


def next_try(attempts: int, at: datetime) -> datetime:
    """When to try again after so many attempts: 0.5, 1, then every 2 s."""
    return at + timedelta(seconds=RETRY_S[min(attempts, len(RETRY_S) - 1)])
