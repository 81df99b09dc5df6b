"""A receiver that takes messages and says nothing delays its own messages and nobody else's."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.alerting.channels.outcome import Outcome, Retry, Sent
from services.alerting.core.facts import Channel
from services.alerting.dispatch import Dispatcher, Outbound
from shared.words import MessageType
from tests.unit.alerting.world import NOW, opened

AT_ONCE_S = 1.0  # the bound of promise C2; nothing here waits so long unless it waits for a silent receiver
SILENT_S = 60.0
MANY = 500
STORY = opened()
PAGE, MESSAGE = STORY.alert.pages[0], STORY.last.messages[0]


class Phones:
    """Every channel of this test: an address with `silent` in it never answers, the others do at once."""

    def __init__(self) -> None:
        self.answered: asyncio.Queue[str] = asyncio.Queue()
        self.called = 0

    async def send(self, address: str, key: str, body: Mapping[str, Any]) -> Outcome:  # noqa: ARG002
        """Take the message, and answer or not."""
        self.called += 1
        if "silent" in address:
            await asyncio.Event().wait()
        self.answered.put_nowait(address)
        return Sent(delivered=True)

    async def next_answer(self) -> str:
        """The address of the next message that arrives."""
        return await asyncio.wait_for(self.answered.get(), AT_ONCE_S)


@pytest.fixture
async def phones() -> Phones:
    """Receivers, silent and other."""
    return Phones()


@pytest.fixture
async def dispatcher(phones: Phones) -> AsyncIterator[Dispatcher]:
    """Sends to them; what still waits for a silent one is left."""
    made = Dispatcher({"webhook": phones.send, "tablet": phones.send}, str, SILENT_S, SILENT_S)
    before = asyncio.all_tasks()
    yield made
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


async def test_a_new_page_never_waits_behind_pages_that_are_sent_again(phones: Phones, dispatcher: Dispatcher) -> None:
    dispatcher.send(_messages(MANY, "https://silent.example/page", attempts=1))
    dispatcher.send(_messages(1, "https://well.example/page"))
    assert await phones.next_answer() == "https://well.example/page"


async def test_a_new_page_does_not_wait_for_what_is_sent_again_to_its_own_receiver(
    phones: Phones, dispatcher: Dispatcher
) -> None:
    dispatcher.send(_messages(MANY, "https://gateway.example/silent", attempts=3))
    dispatcher.send(_messages(1, "https://gateway.example/well"))
    assert await phones.next_answer() == "https://gateway.example/well"


async def test_many_new_pages_to_a_silent_receiver_delay_no_page_to_another(
    phones: Phones, dispatcher: Dispatcher
) -> None:
    dispatcher.send(_messages(MANY, "https://silent.example/page"))
    dispatcher.send(_messages(1, "https://well.example/page"))
    assert await phones.next_answer() == "https://well.example/page"


async def test_what_is_sent_again_to_a_silent_receiver_delays_nothing_that_is_sent_again_to_another(
    phones: Phones, dispatcher: Dispatcher
) -> None:
    dispatcher.send(_messages(MANY, "https://silent.example/page", attempts=1))
    dispatcher.send(_messages(1, "https://well.example/page", attempts=1))
    assert await phones.next_answer() == "https://well.example/page"


async def test_a_tablet_is_called_although_every_webhook_is_silent(phones: Phones, dispatcher: Dispatcher) -> None:
    for host in range(100):
        dispatcher.send(_messages(20, f"https://silent{host}.example/page"))
    dispatcher.send(_messages(1, "h1", kind="tablet"))
    assert await phones.next_answer() == "h1"


async def test_a_silent_receiver_is_called_again_by_few_at_a_time(phones: Phones, dispatcher: Dispatcher) -> None:
    dispatcher.send(_messages(MANY, "https://silent.example/page", attempts=1))
    dispatcher.send(_messages(1, "https://well.example/page", attempts=1))
    await phones.next_answer()
    assert phones.called <= MANY // 10


async def test_no_more_is_taken_over_than_is_held_in_memory(dispatcher: Dispatcher) -> None:
    room = dispatcher.room
    dispatcher.send(_messages(100, "https://silent.example/page"))
    assert dispatcher.room == room
    dispatcher.send(_messages(room, "https://silent.example/page", attempts=1))
    assert dispatcher.room == 0


async def test_no_try_outlasts_the_lease_also_when_a_message_waited_for_the_one_before_it(phones: Phones) -> None:
    (called,) = _messages(1, "https://silent.example/page")
    over = replace(called, message=replace(MESSAGE, type=MessageType.RESTORED))
    dispatcher = Dispatcher({"webhook": phones.send}, str, timeout_s=0.4, lease_s=0.7)
    dispatcher.send([over, called])
    first, second = [await asyncio.wait_for(dispatcher.results.get(), AT_ONCE_S) for _ in range(2)]
    assert (first.outbound, first.outcome) == (called, Retry("no receipt within 0.4 s"))
    assert (second.outbound, second.outcome) == (over, Retry("no receipt within 0.3 s"))


def _messages(n: int, address: str, attempts: int = 0, kind: str = "webhook") -> list[Outbound]:
    """So many messages to one address, each of a page of its own."""
    reach, pages = (Channel(kind, address),), (replace(PAGE, page_id=UUID(int=i)) for i in range(n))
    return [Outbound(STORY.alert, page, reach, MESSAGE, UUID(int=0), attempts, NOW) for page in pages]
