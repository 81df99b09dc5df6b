"""A screen in the control room: it follows the live stream and notes when each incident appeared."""

import asyncio
import json
from datetime import datetime
from types import TracebackType
from typing import Self

import aiohttp

from tests.e2e.given import ADMIN
from tests.e2e.product import Product
from tests.e2e.times import now


class Screen:
    """`async with Screen(product) as screen`: stands at the present when it is entered."""

    def __init__(self, product: Product) -> None:
        self._url = product.url("reporting", "/v1/live")
        self.appeared: dict[str, datetime] = {}
        self._changed = asyncio.Event()
        self._connected = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        async with asyncio.timeout(5):
            await self._connected.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def shows(self, incidents: set[str], within: float) -> None:
        """Wait until all of these have appeared; TimeoutError when they do not within so many seconds."""
        async with asyncio.timeout(within):
            while not incidents <= self.appeared.keys():
                self._changed.clear()
                await self._changed.wait()

    async def _follow(self) -> None:
        headers = {"Authorization": f"Bearer {ADMIN}"}
        timeout = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=headers, read_bufsize=2**24) as client,
            client.get(self._url) as stream,
        ):
            event = ""
            async for raw in stream.content:
                name, _, value = raw.decode().rstrip("\n").partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    self._take(event, value)

    def _take(self, event: str, data: str) -> None:
        self._connected.set()
        if event == "incident":
            self.appeared.setdefault(json.loads(data)["incident_id"], now())
            self._changed.set()
