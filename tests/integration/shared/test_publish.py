"""The publisher: a record given up on stays given up on, and who is told to end ends, whatever Kafka says of it."""

import asyncio
import gc

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import NodeNotReadyError

from services.intake.warm import Warm
from shared import publish
from shared.errors import Refused
from tests.integration.shared.road import HiddenEnd


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
    hidden = HiddenEnd()
    monkeypatch.setattr(AIOKafkaProducer, "start", lambda _: hidden.start())
    assert await hidden.ends(publish.Publisher(["127.0.0.1:9"], "test").run())


async def test_so_it_is_while_the_leaders_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = HiddenEnd()
    monkeypatch.setattr(publish.Publisher, "not_ready", None)
    monkeypatch.setattr(publish.Publisher, "warm_up", lambda _, topics: hidden.start())  # noqa: ARG005
    assert await hidden.ends(Warm(publish.Publisher(["127.0.0.1:9"], "test")).run())
