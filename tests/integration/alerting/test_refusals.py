"""A page fails when every channel of its member refused it for good in one round, and not before."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.alerting import messages, store_read, store_write
from services.alerting.channels.outcome import Never, Outcome, Retry, Sent
from services.alerting.decide import Decider
from services.alerting.dispatch import Dispatcher
from services.alerting.marks import Marks
from services.alerting.store_write import Lease
from shared import clock, db
from shared.db import Pool
from shared.words import PageState
from tests.unit.alerting.world import NOW, Story, opened

LATER, NEVER, SENT = Retry("HTTP 503"), Never("HTTP 410"), Sent(delivered=True)
LEASE_S = 5.0


@dataclass
class Sending:
    """An alert in the database whose members have a tablet, then SMS; time passes only in `again`."""

    pool: Pool
    story: Story
    now: datetime = NOW
    tablet: Outcome = LATER
    sms: Outcome = NEVER
    marks: Marks = field(init=False)

    def __post_init__(self) -> None:
        """What decides and sends."""
        self.dispatcher = Dispatcher({"tablet": self._on_tablet, "sms": self._on_sms}, str, 4.0, LEASE_S)
        decider = Decider(self.pool, self.dispatcher, lambda: None, lambda _: None, LEASE_S)
        self.marks = Marks(self.pool, self.dispatcher, decider, lambda: None, LEASE_S)

    async def _on_tablet(self, address: str, key: str, body: Mapping[str, Any]) -> Outcome:  # noqa: ARG002
        return self.tablet

    async def _on_sms(self, address: str, key: str, body: Mapping[str, Any]) -> Outcome:  # noqa: ARG002
        return self.sms

    async def again(self, times: int = 1) -> None:
        """What is due is sent on the next channel, and what came of it is written down."""
        for _ in range(times):
            self.now += timedelta(seconds=10)
            await self.marks.send_expired()
            await self.dispatcher.drain(2)
            results = self.dispatcher.results
            await self.marks.write([results.get_nowait() for _ in range(results.qsize())])

    async def is_lost(self) -> None:
        """Whoever took over what is due dies."""
        self.now += timedelta(seconds=10)
        async with db.transaction(self.pool) as tx:
            assert await messages.claim_expired(tx, self.now, uuid4(), self.now, 500)

    async def states(self) -> set[PageState]:
        """Of the pages of the first step."""
        async with db.transaction(self.pool) as tx:
            (alert,) = await store_read.read_alerts(tx, [self.story.alert.alert_id])
        return {page.state for page in alert.pages if page.step == 1}


@pytest.fixture
async def sending(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sending]:
    """Pages that were handed to the tablets once, without an answer."""
    story = opened()
    async with await db.open_pool(database_url, "alerting") as pool:
        made = Sending(pool, story)
        monkeypatch.setattr(clock, "now", lambda: made.now)
        async with db.transaction(pool) as tx:
            lease = Lease(uuid4(), NOW + timedelta(seconds=LEASE_S), NOW)
            await store_write.save(tx, [], [story.last], NOW, lease)
        yield made


async def test_a_page_does_not_fail_while_one_of_two_channels_says_later(sending: Sending) -> None:
    await sending.again(6)
    assert await sending.states() == {PageState.SENDING}
    sending.tablet = SENT
    await sending.again(2)
    assert await sending.states() == {PageState.DELIVERED}


async def test_a_page_fails_when_both_channels_refuse_it_one_after_another(sending: Sending) -> None:
    await sending.again(2)
    sending.tablet = NEVER
    await sending.again()
    assert await sending.states() == {PageState.SENDING}
    await sending.again()
    assert await sending.states() == {PageState.FAILED}


async def test_a_try_of_which_nothing_is_heard_is_no_refusal(sending: Sending) -> None:
    sending.tablet = NEVER
    await sending.again()
    await sending.is_lost()
    await sending.again()
    assert await sending.states() == {PageState.SENDING}
    await sending.again()
    assert await sending.states() == {PageState.FAILED}
