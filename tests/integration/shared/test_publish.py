"""The publisher: a record given up on stays given up on, and who is told to end ends, whatever Kafka says of it."""

import asyncio
import gc

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError

from shared import publish
from shared.errors import Refused


async def test_an_error_that_comes_after_a_record_was_given_up_on_is_not_logged() -> None:
    heard: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: heard.append(context))
    try:
        batch = loop.create_future()
        ack = asyncio.shield(batch)  # as aiokafka gives it
        assert isinstance(publish.refusal(ack), Refused)
        await asyncio.sleep(0)
        batch.set_exception(NodeNotReadyError())
        del batch, ack
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    assert heard == []


async def test_an_end_that_the_client_library_hides_while_kafka_is_away_is_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    starting = asyncio.Event()

    async def hide(_: AIOKafkaProducer) -> None:
        starting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise KafkaConnectionError from None

    monkeypatch.setattr(AIOKafkaProducer, "start", hide)
    running = asyncio.create_task(publish.Publisher(["127.0.0.1:9"], "test").run())
    await starting.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asyncio.shield(running), 5)
