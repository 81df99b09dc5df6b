"""The phones of the campus: each is a webhook that keeps what it receives, and its owner, who answers."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from tests.e2e.times import Window, now

PATIENCE_S = 3.0  # for messages whose time is not what the story is about


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came."""

    at: datetime
    key: str
    body: dict[str, Any]

    @property
    def type(self) -> str:
        """`page`, `update`, `stand_down` or `restored`."""
        return str(self.body["type"])

    @property
    def page_id(self) -> str:
        """Which page it is about."""
        return str(self.body["page_id"])

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S.%f} {self.key} for {self.body['member_id']}, step {self.body['step']}"


class Phone:
    """One member's phone. Messages are expected in the order they come; what is left over fails the story."""

    def __init__(self, member_id: str, address: str, client: aiohttp.ClientSession) -> None:
        self.member_id = member_id
        self.address = address
        self.received: list[Received] = []
        self.keeps_its_answer = False
        self.hears_repeats = True
        self._client = client
        self._new: deque[Received] = deque()
        self._arrived = asyncio.Event()
        self._page: Received | None = None

    def take(self, message: Received) -> None:
        """The server got a message for this phone."""
        repeat = any(known.key == message.key for known in self.received)
        self.received.append(message)
        if message.type == "page":
            self._page = message
        if not repeat or self.hears_repeats:
            self._new.append(message)
            self._arrived.set()

    async def expects_page(
        self, step: int | None = None, when: Window | None = None, again: int = 1, drill: bool = False
    ) -> Received:
        """The next message is a page, of this step, in this window, sent for the `again`th time."""
        page = await self.expects("page", when, again)
        assert step in (None, page.body["step"]), f"{page} is not of step {step}"
        assert page.body["drill"] is drill, f"{page} is {'a' if page.body['drill'] else 'no'} drill"
        return page

    async def expects(self, type_: str, when: Window | None = None, again: int = 1) -> Received:
        """The next message is of this type, came in this window, and its Idempotency-Key is as promised."""
        message = await self._next(when.left_s if when else PATIENCE_S, f"{self.member_id} expects {type_}")
        assert message.type == type_, f"expected {type_}, got {message}"
        number = "" if again == 1 else f":{again}"
        assert message.key == f"{message.page_id}:{type_}{number}", f"expected number {again}, got {message}"
        assert when is None or when.holds(message.at), f"{message} is outside {when}"
        return message

    async def expects_in_any_order(self, *types: str) -> dict[str, Received]:
        """The next messages are of these types, each once."""
        messages = [await self._next(PATIENCE_S, f"{self.member_id} expects {types}") for _ in types]
        assert sorted(m.type for m in messages) == sorted(types), (
            f"expected {types}, got {', '.join(map(str, messages))}"
        )
        return {message.type: message for message in messages}

    async def answers(self, answer: str, eta_s: int | None = None) -> datetime:
        """The owner answers the last page by its signed link, without log-in; the moment he does."""
        asked = now()
        status, page = await self.tries_to_answer(answer, eta_s)
        assert status == 200, page
        assert (page["answer"], page["member_id"]) == (answer, self.member_id)
        return asked

    async def tries_to_answer(self, answer: str, eta_s: int | None = None) -> tuple[int, dict[str, Any]]:
        """What alerting says to an answer: the status, and the page or the problem."""
        assert self._page is not None, f"{self.member_id} was not paged"
        body = {"answer": answer, **({} if eta_s is None else {"eta_s": eta_s})}
        async with self._client.post(self._page.body["answer_url"], json=body) as reply:
            return reply.status, await reply.json()

    def expects_nothing_more(self) -> None:
        """Nothing has come that was not expected."""
        assert not self._new, f"nobody expected {', '.join(map(str, self._new))}"

    def left_over(self) -> list[str]:
        """What nobody expected."""
        return [str(message) for message in self._new]

    def keys(self, type_: str) -> list[str]:
        """The Idempotency-Keys of all messages of a type, repeats too."""
        return [message.key for message in self.received if message.type == type_]

    async def has_received(self, enough: Callable[["Phone"], bool], within: float) -> None:
        """Wait until what came is enough; TimeoutError when it is not within so many seconds."""
        async with asyncio.timeout(within):
            while not enough(self):
                self._arrived.clear()
                await self._arrived.wait()

    def reads_everything(self) -> None:
        """The story has looked at `received` by itself."""
        self._new.clear()

    async def _next(self, seconds: float, what: str) -> Received:
        try:
            async with asyncio.timeout(seconds):
                while not self._new:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            raise AssertionError(f"{what}, but nothing came") from None
        return self._new.popleft()
