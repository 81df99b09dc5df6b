"""A message whose lease ran out is sent again while it is still true, and only then; a deadline is decided once."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.alerting import messages, store_read
from services.alerting.channels.outcome import Never, Outcome, Sent
from services.alerting.core.fold import fold
from services.alerting.decide import Decider
from services.alerting.dispatch import Dispatcher, Hold, outbound
from services.alerting.marks import Marks
from services.alerting.places import FIRST, SHARE
from services.alerting.timers import Timers
from shared import clock, db
from shared.db import Pool
from shared.words import MessageType, PageState, Severity
from tests.integration.alerting.saving import saved
from tests.unit.alerting.world import COMING, NOT_COMING, NOW, ROSTER, Story, incident, opened, scene

LATER = NOW + timedelta(seconds=10)
UPDATE, PAGE, STAND_DOWN, RESTORED = (
    MessageType.UPDATE,
    MessageType.PAGE,
    MessageType.STAND_DOWN,
    MessageType.RESTORED,
)


@dataclass
class Receiver:
    """A channel that answers as it is told."""

    outcome: Outcome = field(default_factory=lambda: Sent(delivered=True))
    pause_s: float = 0.0
    slow_s: Mapping[str, float] = field(default_factory=dict)
    got: list[str] = field(default_factory=list)

    async def send(self, address: str, key: str, body: Mapping[str, Any]) -> Outcome:  # noqa: ARG002
        """Take it, the pages of some members more slowly."""
        self.got.append(key)
        await asyncio.sleep(self.slow_s.get(str(body["member_id"]), self.pause_s))
        return self.outcome


async def test_an_update_reaches_those_who_are_coming_although_its_first_try_failed(pool: Pool) -> None:
    story = await saved(pool, opened())
    story.answers(COMING, "h1")
    await saved(pool, story)
    story.answers(NOT_COMING, "h2")
    await saved(pool, story)
    story.reports(incident("second", severity=Severity.EXTREME))
    await saved(pool, story)
    left = await _left(pool, story)
    assert {member for member, type_, _ in left if type_ is UPDATE} == {"h1", "h3", "h4", "h5"}
    assert {member for member, type_, _ in left if type_ is PAGE} == {"h3", "h4", "h5"}


async def test_a_stand_down_that_was_not_delivered_never_follows_the_next_call_to_come(pool: Pool) -> None:
    story = await saved(pool, opened())
    for answer, member in ((COMING, "h1"), (COMING, "h3"), (COMING, "h4"), (NOT_COMING, "h1")):
        story.answers(answer, member)
        await saved(pool, story)
    left = await _left(pool, story)
    assert ("h2", STAND_DOWN, 1) not in left
    assert ("h2", PAGE, 1) not in left
    assert ("h2", PAGE, 2) in left


async def test_what_an_unreachable_member_need_not_act_on_is_given_up_after_an_hour(pool: Pool) -> None:
    story = await saved(pool, opened())
    story.reports(incident("second", severity=Severity.EXTREME))
    await saved(pool, story)
    assert {type_ for _, type_, _ in await _left(pool, story)} == {PAGE, UPDATE}
    assert {type_ for _, type_, _ in await _left(pool, story, after=timedelta(hours=1, seconds=10))} == {PAGE}


async def test_nobody_is_called_for_what_is_restored_and_who_may_have_been_called_is_told(pool: Pool) -> None:
    story = await saved(pool, opened(incident("first", dedup_key="dev1")))
    story.answers(COMING, "h1")
    await saved(pool, story)
    story.reports(incident("over", clears="dev1"))
    await saved(pool, story)
    assert await _left(pool, story) == {(f"h{n}", RESTORED, 1) for n in range(1, 6)}


def is_restored(story: Story) -> None:
    """The detector says that it is over."""
    story.reports(incident("over", clears="dev1"))


@pytest.mark.parametrize("over", [Story.stands_down, is_restored])
async def test_nobody_hears_that_it_is_over_while_a_later_alarm_calls_him(
    pool: Pool, over: Callable[[Story], object]
) -> None:
    """His telephone was off when the first was over."""
    old = await saved(pool, opened(incident("first", dedup_key="dev1")))
    over(old)
    await saved(pool, old)
    there = {**ROSTER, "bhv-horst": ROSTER["bhv-horst"][:2]}
    quiet = NOW + timedelta(minutes=11)
    ended, new = fold(scene(old.alert, roster=there, busy=frozenset()), [incident("second")], quiet)
    await saved(pool, Story(ended.alert, ended))
    left = await _left(pool, old, await saved(pool, Story(new.alert, new)))
    assert {member for member, type_, _ in left if type_ is not PAGE} == {"h3", "h4", "h5"}
    assert {member for member, type_, _ in left if type_ is PAGE} >= {"h1", "h2"}


async def test_an_alarm_after_the_restoral_calls_all_the_same(pool: Pool) -> None:
    story = await saved(pool, opened(incident("first", dedup_key="dev1")))
    story.reports(incident("over", clears="dev1"))
    await saved(pool, story)
    assert {type_ for _, type_, _ in await _left(pool, story)} == {RESTORED}
    story.reports(incident("again", dedup_key="dev1"))
    await saved(pool, story)
    assert await _left(pool, story) == {(f"h{n}", PAGE, 2) for n in range(1, 6)}
    story.reports(incident("over again", clears="dev1"))
    await saved(pool, story)
    assert await _left(pool, story) == {(f"h{n}", RESTORED, 2) for n in range(1, 6)}


@pytest.mark.parametrize("attempts", [0, 1])
async def test_messages_of_one_page_go_one_after_another_and_those_of_others_wait_for_none(
    pool: Pool, attempts: int
) -> None:
    receiver = Receiver(slow_s={"h1": 0.3})
    dispatcher, _ = _decider(pool, receiver, 5.0)
    story = opened(incident("first", dedup_key="dev1"), incident("over", clears="dev1"))
    restored_first = sorted(story.last.messages, key=lambda message: message.type, reverse=True)
    dispatcher.send(outbound(story.alert, [Hold(message, uuid4(), attempts, NOW) for message in restored_first]))
    await dispatcher.drain(2)
    for page in story.alert.pages:
        mine = [key for key in receiver.got if key.startswith(str(page.page_id))]
        assert mine == [f"{page.page_id}:page", f"{page.page_id}:restored"]
    assert receiver.got[-1] == f"{story.page('h1').page_id}:restored"


async def test_a_failure_of_a_message_that_another_process_took_over_fails_no_page(pool: Pool) -> None:
    dispatcher, decider = _decider(pool, Receiver(Never("gone")), 5.0)
    marks = Marks(pool, dispatcher, decider, lambda: None, 5.0)
    story = await saved(pool, opened())
    dispatcher.send(outbound(story.alert, [Hold(story.last.messages[0], uuid4(), 1, NOW)]))
    await dispatcher.drain(2)
    await marks.write([dispatcher.results.get_nowait()])
    async with db.transaction(pool) as tx:
        (alert,) = await store_read.read_alerts(tx, [story.alert.alert_id])
    assert {page.state for page in alert.pages} == {PageState.SENDING}


async def test_a_message_that_waited_until_its_lease_ended_is_left_to_whoever_takes_it_over(pool: Pool) -> None:
    receiver = Receiver(pause_s=0.2)
    dispatcher, _ = _decider(pool, receiver, 0.1)
    story = opened()
    (one,) = outbound(story.alert, [Hold(story.last.messages[0], uuid4(), 0, NOW)])
    pages = [replace(one.page, page_id=uuid4()) for _ in range(FIRST // SHARE + 3)]
    dispatcher.send([replace(one, page=page) for page in pages])
    await dispatcher.drain(2)
    assert len(receiver.got) == FIRST // SHARE


async def test_two_replicas_that_know_of_one_deadline_take_one_step(pool: Pool) -> None:
    _, decider = _decider(pool, Receiver(), 5.0)
    story = await saved(pool, opened())
    here, there = Timers(pool), Timers(pool)
    for timers in (here, there):
        timers.notice([story.alert])
    await here.fire(decider)
    await there.fire(decider)
    async with db.transaction(pool) as tx:
        (alert,) = await store_read.read_alerts(tx, [story.alert.alert_id])
    assert alert.step == 2


async def test_a_deadline_fires_although_the_wall_clock_was_set_back_and_the_next_step_has_its_usual_time(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, decider = _decider(pool, Receiver(), 5.0)
    story, deadline = opened(), clock.now() + timedelta(hours=1)
    story.alert = replace(story.alert, deadline=deadline)
    story.last = replace(story.last, alert=story.alert)
    await saved(pool, story)
    timers = Timers(pool)
    with monkeypatch.context() as before_the_jump:
        before_the_jump.setattr(clock, "now", lambda: deadline)
        timers.notice([story.alert])
    await timers.fire(decider)
    async with db.transaction(pool) as tx:
        (alert,) = await store_read.read_alerts(tx, [story.alert.alert_id])
    assert alert.step == 2
    assert alert.deadline is not None
    assert alert.deadline < clock.now() + timedelta(seconds=46)


async def _left(pool: Pool, *stories: Story, after: timedelta = LATER - NOW) -> set[tuple[str, MessageType, int]]:
    """Whom which message is sent again when nobody confirmed any."""
    now = NOW + after
    members = {page.page_id: page.member_id for story in stories for page in story.alert.pages}
    async with db.transaction(pool) as tx:
        await messages.drop_expired(tx, now)
        leased = await messages.claim_expired(tx, now, uuid4(), now, 500)
    return {(members[m.message.page_id], m.message.type, m.message.n) for m in leased}


def _decider(pool: Pool, receiver: Receiver, lease_s: float) -> tuple[Dispatcher, Decider]:
    """What decides and sends, with one channel for everything."""
    dispatcher = Dispatcher({"tablet": receiver.send, "sms": receiver.send}, str, 4.0, lease_s)
    return dispatcher, Decider(pool, dispatcher, lambda: None, lambda _: None, lease_s)
