"""Readiness of the road to Kafka: a producer that knows the leaders of every topic it will need."""

import asyncio
import logging

from aiokafka.errors import KafkaError

from shared import topics
from shared.db import raise_if_cancelled
from shared.publish import Publisher

log = logging.getLogger(__name__)
RETRY_S = 0.2
TOPICS = [topic.name for topic in topics.TOPICS if topic.producer == "intake"]


class Warm:
    """Asks for the leaders once at boot, so that the first alarm does not wait for them (1.5 s was seen)."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._done = False

    async def run(self) -> None:
        """Try until the leaders are known."""
        while not self._done:
            if self._publisher.not_ready is None:
                try:
                    await self._publisher.warm_up(TOPICS)
                    self._done = True
                except KafkaError as error:
                    raise_if_cancelled(error)
                    log.warning("the topics are not there yet: %s", error)
            await asyncio.sleep(RETRY_S)

    async def check(self) -> str | None:
        """Why nothing can be published yet."""
        return self._publisher.not_ready or (None if self._done else "the topics are not known yet")
