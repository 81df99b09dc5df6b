"""A record given up on stays given up on: what Kafka says of it later is nobody's surprise."""

import asyncio
import gc

from aiokafka.errors import NodeNotReadyError

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
