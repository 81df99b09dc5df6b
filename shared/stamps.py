"""The time that records carry: Kafka's own, because Kafka refuses what is older than 4 s by its clock and not by ours.

Kafka is asked by a record to a topic on which the broker sets the time. Between two askings the time goes by our
monotonic clock, so that a jump of our own wall clock changes nothing. Several brokers: the clock that is furthest ahead
counts, because what it takes the others take too.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from shared import clock, metrics, topics
from shared.db import raise_if_cancelled
from shared.errors import Refused

log = logging.getLogger(__name__)
ASK_S = 0.5  # an answer that took longer tells the time too badly
EVERY_S = 10.0
WARN_EVERY_S = 60.0
DIFFERENT_S = 1.0
STEP_S = 5.0
FURTHEST_S = 100 * 365 * 86_400.0
BROKER_SET_IT = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """A record that a broker stamped by its wall clock; sent and acknowledged by our monotonic clock."""

    sent_s: float
    acked_s: float
    stamp_s: float


class Stamps:
    """Kafka's wall clock as far as we know it; until it answered, our own."""

    def __init__(
        self,
        wall_s: Callable[[], float] = clock.unix_s,
        monotonic_s: Callable[[], float] = clock.monotonic,
        topic: str = topics.CLOCK,
    ) -> None:
        self._wall_s = wall_s
        self._monotonic_s = monotonic_s
        self._topic = topic
        self._ahead_s: float | None = None  # Kafka's wall clock minus our monotonic clock
        self.version = 0  # of what we know; a record remembers by which it was stamped
        self._no_topic_until_s = float("-inf")
        self._warned_s = float("-inf")
        self._step_s = STEP_S
        self._asking = asyncio.Lock()

    def now_ms(self) -> int:
        """The timestamp of a record that is sent now."""
        now_s = self._wall_s() if self._ahead_s is None else self._ahead_s + self._monotonic_s()
        return int(now_s * 1000)

    @property
    def shift_s(self) -> float:
        """Kafka's clock minus ours."""
        return 0.0 if self._ahead_s is None else self._ahead_s + self._monotonic_s() - self._wall_s()

    def learn(self, answers: Sequence[Answer]) -> None:
        """Each broker set the time between sending and acknowledgement: half-way is wrong by 0.25 s at most."""
        self._step_s = STEP_S
        self._set(max(answer.stamp_s - (answer.sent_s + answer.acked_s) / 2 for answer in answers))

    def go_ahead(self) -> None:
        """Kafka takes no time we know and does not tell its own: further ahead, twice as far each time."""
        if self._step_s > FURTHEST_S:
            self._step_s, self._ahead_s = STEP_S, None
            raise Refused("Kafka takes no time that a record could carry: do its topics have our settings?")
        before = self._wall_s() - self._monotonic_s() if self._ahead_s is None else self._ahead_s
        self._set(before + self._step_s)
        self._step_s *= 2

    async def correct(self, producer: AIOKafkaProducer, version: int, attempt: int) -> None:
        """After Kafka refused the time of a record sent just now, for the first, second... time.

        A first refusal may be the fault of an older record in the same batch, so time goes ahead at the second, unless
        there is nobody to ask.
        """
        async with self._asking:
            if self.version != version:
                return  # somebody else's record has told us already
            if attempt > 1 or self._monotonic_s() < self._no_topic_until_s:
                self.go_ahead()
            else:
                await self._ask(producer)

    async def ask(self, producer: AIOKafkaProducer) -> bool:
        """Ask every broker that leads a partition of the clock's topic; whether one answered in time."""
        async with self._asking:
            return await self._ask(producer)

    async def _ask(self, producer: AIOKafkaProducer) -> bool:
        partitions = await self._one_a_broker(producer)
        answers = [a for a in await asyncio.gather(*(self._answer(producer, p) for p in partitions)) if a]
        if answers:
            self.learn(answers)
        else:
            self.version += 1  # those who wait to ask need not
        return bool(answers)

    async def _one_a_broker(self, producer: AIOKafkaProducer) -> Sequence[int]:
        try:
            async with asyncio.timeout(ASK_S):
                partitions = await producer.partitions_for(self._topic)
        except (KafkaError, TimeoutError) as error:
            raise_if_cancelled(error)
            log.debug("Kafka cannot be asked for the time: %r", error)
            self._no_topic_until_s = self._monotonic_s() + EVERY_S
            return []
        cluster = producer.client.cluster
        leader_of = {n: cluster.leader_for_partition(TopicPartition(self._topic, n)) for n in partitions}
        return list({leader: n for n, leader in leader_of.items() if leader is not None and leader >= 0}.values())

    async def _answer(self, producer: AIOKafkaProducer, partition: int) -> Answer | None:
        sent_s = self._monotonic_s()
        try:
            async with asyncio.timeout(ASK_S):
                acked = await producer.send(self._topic, value=b"", partition=partition)
                record = await acked
        except (KafkaError, TimeoutError) as error:
            raise_if_cancelled(error)
            log.debug("Kafka did not tell the time: %r", error)
            return None
        if record.timestamp_type != BROKER_SET_IT:
            return None
        return Answer(sent_s, self._monotonic_s(), record.timestamp / 1000)

    def _set(self, ahead_s: float) -> None:
        self._ahead_s = ahead_s
        self.version += 1
        shift_s, now_s = self.shift_s, self._monotonic_s()
        metrics.KAFKA_CLOCK_SHIFT.set(shift_s)
        if abs(shift_s) >= DIFFERENT_S and now_s - self._warned_s >= WARN_EVERY_S:
            self._warned_s = now_s
            side = "ahead of" if shift_s > 0 else "behind"
            log.warning(
                "Kafka's clock is about %.0f s %s ours: records carry Kafka's time; keep the clocks with NTP",
                abs(shift_s), side,
            )  # fmt: skip
