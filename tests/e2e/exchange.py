"""The telephone exchange: one HTTP server behind all phones."""

import asyncio
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from deploy.embedded.ports import free_ports
from tests.e2e.phone import Phone, Received
from tests.e2e.times import now


class Exchange:
    """`async with Exchange() as exchange: exchange.phone("anna")`. Messages for nobody are strays."""

    def __init__(self) -> None:
        self.port = free_ports(1)[0]
        self.phones: dict[str, Phone] = {}
        self.strays: list[str] = []
        self._off_duty: dict[str, Phone] = {}
        self._runner: web.AppRunner | None = None
        self._client: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._client = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_post("/{member}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner:
            await self._runner.cleanup()
        if self._client:
            await self._client.close()

    def phone(self, member_id: str) -> Phone:
        """A new phone."""
        assert self._client is not None
        phone = Phone(member_id, f"http://127.0.0.1:{self.port}/{member_id}", self._client)
        self.phones[member_id] = phone
        return phone

    def end_of_duty(self) -> list[str]:
        """The story is over: what nobody expected. Who is sent home later hears it in silence; a page is a stray."""
        left = [line for phone in self.phones.values() for line in phone.left_over()] + self.strays
        self._off_duty |= self.phones
        self.phones, self.strays = {}, []
        return left

    async def _take(self, request: web.Request) -> web.Response:
        member_id = request.match_info["member"]
        message = Received(now(), request.headers["Idempotency-Key"], await request.json())
        phone = self.phones.get(member_id)
        if phone is not None:
            phone.take(message)
            if phone.keeps_its_answer:
                await asyncio.Event().wait()  # until its sender has gone
        elif not self._is_late_news(self._off_duty.get(member_id), message):
            self.strays.append(f"stray: {message}")
        return web.Response(status=204)

    def _is_late_news(self, phone: Phone | None, message: Received) -> bool:
        """What may still come after a story: being sent home, and of a page that may be repeated its repeat."""
        if phone is None or message.type != "page":
            return phone is not None
        return not phone.hears_repeats and message.key in phone.keys("page")
