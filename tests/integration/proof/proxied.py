"""Both ends of a road that leads through a fault proxy: an echo behind it, and clients who connect through it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from tests.proof.connection import abandon
from tests.proof.proxy import HOST, Proxy


@dataclass
class Echo:
    """A server that says everything back, and keeps what it heard."""

    port: int
    heard: bytearray = field(default_factory=bytearray)
    resets: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.writers.append(writer)
        try:
            while data := await reader.read(65536):
                self.heard += data
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            self.resets += 1
        finally:
            writer.close()

    async def resets_all(self) -> None:
        """Leave every connection in disorder."""
        for writer in self.writers:
            abandon(writer.get_extra_info("socket"))
            writer.transport.abort()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def echo(port: int) -> AsyncIterator[Echo]:
    """It listens."""
    it = Echo(port)
    server = await asyncio.start_server(it.serve, HOST, port)
    try:
        yield it
    finally:
        server.close()


@dataclass
class Road:
    """A proxy with an echo behind it."""

    proxy: Proxy
    echo: Echo
    clients: list["Client"] = field(default_factory=list)

    async def client(self) -> "Client":
        """Somebody who connects through the proxy."""
        self.clients.append(Client(*await asyncio.open_connection(HOST, self.proxy.port)))
        return self.clients[-1]

    async def end(self) -> None:
        """Everybody leaves."""
        await asyncio.gather(*(client.leaves() for client in self.clients))


@dataclass
class Client:
    """One end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def says(self, data: bytes) -> bytes:
        """What comes back within 2 s."""
        self.writer.write(data)
        return await self.hears(len(data))

    async def hears(self, count: int, within: float = 2) -> bytes:
        """So many bytes."""
        return await asyncio.wait_for(self.reader.readexactly(count), within)

    async def hears_nothing(self, seconds: float = 0.15) -> None:
        """Neither bytes nor an end."""
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(self.reader.read(1), seconds)

    async def is_reset(self) -> None:
        """The other side is gone in disorder."""
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(self.reader.read(), 2)

    async def leaves(self) -> None:
        """Close."""
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


@asynccontextmanager
async def leading(server: Echo, port: int, *targets: int) -> AsyncIterator[Road]:
    """A road that is up."""
    async with Proxy(port, targets) as proxy:
        road = Road(proxy, server)
        yield road
        await road.end()
