"""A connection to Kafka that is gone is a broken connection, whichever event loop tells of it."""

import asyncio

import pytest
import uvloop
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.admin import ApiVersionRequest

from shared import kafka_on_uvloop


async def connection_that_is_gone() -> AIOKafkaConnection:
    """Its transport is closed, and its reader has not noticed."""
    met = asyncio.Event()

    def meet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()
        met.set()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    gone = AIOKafkaConnection("127.0.0.1", port)
    gone._reader, gone._writer = reader, writer
    gone._read_task = asyncio.create_task(asyncio.Event().wait())
    gone._closed_fut = asyncio.get_running_loop().create_future()
    await met.wait()
    writer.transport.abort()
    server.close()
    async with asyncio.timeout(5):
        while "closed=True" not in repr(writer.transport):  # in one of the next turns
            await asyncio.sleep(0)
    return gone


def test_a_write_to_a_transport_that_uvloop_closed_is_a_connection_error() -> None:
    async def write() -> None:
        gone = await connection_that_is_gone()
        with pytest.raises(KafkaConnectionError, match="handler is closed"):
            kafka_on_uvloop.send(gone, ApiVersionRequest())
        assert not gone.connected()

    uvloop.run(write())
