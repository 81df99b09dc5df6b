"""The receiver of pages: answers every POST with 204 and remembers when it came; cheap, for it shares the machine."""

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from tests.e2e.product import Product

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it came in: seconds on the monotonic clock of this machine, and its body."""

    at: float
    body: bytes

    def read(self) -> dict[str, Any]:
        """What the message says."""
        said: dict[str, Any] = json.loads(self.body)
        return said


class Pager:
    """One receiver for all members; `arrivals` grows in the order in which messages come."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self._server: asyncio.Server | None = None
        self._read = 0
        self._first: dict[tuple[str, int], float] = {}
        self._count: dict[tuple[str, int], int] = defaultdict(int)
        self.url = ""

    async def start(self) -> None:
        """Listen on a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Receiving(self.arrivals), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/page"

    async def stop(self) -> None:
        """End listening."""
        if self._server:
            self._server.close()

    async def enlist(self, product: Product, team: str, count: int, building: str | None = None) -> None:
        """So many members of a team whose pages come here; present in the building, when it is given."""
        for begin in range(0, count, 20):
            await asyncio.gather(
                *(self._enlist(product, f"{team}-{n}", team, building) for n in range(begin, min(begin + 20, count)))
            )

    async def _enlist(self, product: Product, name: str, team: str, building: str | None) -> None:
        channels = [{"kind": "webhook", "address": self.url}]
        member = {"name": name, "language": "en", "teams": [team], "channels": channels}
        reply = await product.call("PUT", "alerting", f"/v1/members/{name}", member)
        assert reply.status in (HTTPStatus.OK, HTTPStatus.CREATED), reply
        if building:
            reply = await product.call("PUT", "alerting", f"/v1/members/{name}/presence", {"building": building})
            assert reply.status == HTTPStatus.OK, reply

    def first_page(self, building: str, step: int = 1) -> float | None:
        """When the first page of a step for a building came, or None."""
        self._catch_up()
        return self._first.get((building, step))

    def pages(self, building: str, step: int = 1) -> int:
        """How many came."""
        self._catch_up()
        return self._count[building, step]

    def _catch_up(self) -> None:
        """Bodies are read when somebody asks, not while they come."""
        for arrival in self.arrivals[self._read :]:
            body = arrival.read()
            if body["type"] == "page":
                place = (body["building"], body["step"])
                self._first.setdefault(place, arrival.at)
                self._count[place] += 1
        self._read = len(self.arrivals)


class _Receiving(asyncio.Protocol):
    """One connection: headers, then as many bytes as they announce."""

    def __init__(self, arrivals: list[Arrival]) -> None:
        self._arrivals = arrivals
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (ends := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _content_length(self._buffer[:ends])
            whole = ends + 4 + length
            if len(self._buffer) < whole:
                return
            self._arrivals.append(Arrival(time.perf_counter(), self._buffer[ends + 4 : whole]))
            self._buffer = self._buffer[whole:]
            self._transport.write(NO_CONTENT)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
