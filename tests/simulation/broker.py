"""A simulated Kafka: partitions, groups with their committed offsets, sends that fail, land late or land twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError

from shared import topics
from shared.errors import Refused, Unreadable
from shared.events import Event
from shared.wire import Headers, Outgoing, RawRecord
from tests.simulation.world import Process, World

PARTITIONS = 2
TOPICS = (topics.FIRE.name, topics.GENERAL.name, topics.ALERTS.name, topics.PAGES.name)
POISON = b"poison"
LATE_S = 3.0
Partition = tuple[str, int]


@dataclass(slots=True)
class Record:
    """One record as a consumer gets it; `value` names the event, which is not written as JSON here."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Broker:
    """All records, and how far each group has committed; `away` while it does not answer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.away = False
        self.log: dict[Partition, list[Record]] = {}
        self.committed: dict[str, dict[Partition, int]] = {}
        self.under_way = 0  # parts that were refused and land all the same
        self._events: dict[bytes, Event] = {}
        self._readers: dict[str, Consumer] = {}

    def encode(self, topic: str, key: str, event: Event, source: str) -> Outgoing:  # noqa: ARG002 - as in `wire`
        """Stands in for `wire.encode`: the event itself is kept, and named in the record."""
        value = b"%d" % len(self._events)
        self._events[value] = event
        return Outgoing(topic, key.encode(), value, ())

    def decode(self, record: RawRecord) -> Event:
        """Stands in for `wire.decode`."""
        event = self._events.get(record.value or b"")
        if event is None:
            raise Unreadable("poison")
        return event

    def append(self, outgoing: Outgoing) -> None:
        """The record is on every replica now."""
        where = (outgoing.topic, crc32(outgoing.key or b"") % PARTITIONS)
        records = self.log.setdefault(where, [])
        records.append(Record(*where, len(records), 0, outgoing.key, outgoing.value, outgoing.headers))
        for reader in self._readers.values():
            if outgoing.topic in reader.topics and not reader.is_called:
                reader.is_called = True
                self.world.loop.call_later(self.world.latency(), reader.look)

    def send(self, records: Sequence[Outgoing]) -> list[Refused | None]:
        """For each record None when it was acknowledged, or why not: a partition's part lands whole or not at all."""
        parts: dict[Partition, list[int]] = {}
        for place, record in enumerate(records):
            parts.setdefault((record.topic, crc32(record.key or b"") % PARTITIONS), []).append(place)
        refusals: list[Refused | None] = [None] * len(records)
        for where, places in parts.items():
            part = [records[place] for place in places]
            if self.away or self.world.chance(self.world.weather.broker):
                self._refuse(where, part)
                for place in places:
                    refusals[place] = Refused("Kafka did not acknowledge in time")
            else:
                self._land(part)
        return refusals

    def _refuse(self, where: Partition, part: Sequence[Outgoing]) -> None:
        """What was not acknowledged did not land, or lands all the same: at once, or within 3 s."""
        landing = None if self.away else self.world.random.choice((None, 0.0, LATE_S))
        how = "" if landing is None else ", which land at once" if landing == 0 else ", which land later"
        self.world.trouble("broker", f"acknowledges not {len(part)} records for {where[0]}[{where[1]}]{how}")
        if landing is not None:
            self.under_way += 1
            self.world.loop.call_later(self.world.random.random() * landing, self._land_late, part)

    def leave(self) -> None:
        """Nothing is sent, fetched or committed until it is back."""
        self.away = True

    def return_(self) -> None:
        """It serves again."""
        self.away = False
        for reader in self._readers.values():
            reader.look()

    def join(self, consumer: "Consumer") -> None:
        """A group has one member; a new one is in the place of the dead one."""
        self._readers[consumer.group] = consumer

    def _land(self, records: Sequence[Outgoing]) -> None:
        for record in records:
            self.append(record)

    def _land_late(self, records: Sequence[Outgoing]) -> None:
        self.under_way -= 1
        self._land(records)


class Producer:
    """Stands in for `shared.publish.Publisher` in a process."""

    def __init__(self, broker: Broker, process: Process) -> None:
        self._broker, self._process = broker, process

    async def publish_each(self, records: Sequence[Outgoing]) -> list[Refused | None]:
        """For each record None, or why it was refused."""
        await self._process.step("send")
        return self._broker.send(records)


class Consumer:
    """The one member of a group, from its committed offsets on; a batch is of any partitions, in any order of them."""

    def __init__(self, broker: Broker, process: Process, group: str) -> None:
        self.group, self.topics = group, topics.of_consumer(group.split("-")[0])
        self.is_called = False
        self._broker, self._process, self._woken = broker, process, asyncio.Event()
        self._position = dict(broker.committed.setdefault(group, {}))
        self.member = object.__new__(AIOKafkaConsumer)  # `Acks` commits to nothing else; it never connects
        self.member._closed = True
        self.member.commit = self.commit
        self.member.assignment = self.assignment
        broker.join(self)

    def look(self) -> None:
        """There may be something to take."""
        self.is_called = False
        self._woken.set()

    async def batch(self, most: int) -> list[Record]:
        """At least one record, at most so many of a partition; within a partition in order."""
        while True:
            await self._process.step("poll")
            if not self._broker.away and (found := self._take(most)):
                return found
            self._woken.clear()
            await self._woken.wait()

    def _take(self, most: int) -> list[Record]:
        chance, log = self._process.world.random, self._broker.log
        behind = [p for p in log if p[0] in self.topics and self._position.get(p, 0) < len(log[p])]
        if not behind:
            return []
        chance.shuffle(behind)
        found: list[Record] = []
        for where in behind[: chance.randint(1, len(behind))]:
            start = self._position.get(where, 0)
            records = log[where][start : start + chance.randint(1, most)]
            self._position[where] = start + len(records)
            found += records
        return found

    @property
    def lag(self) -> int:
        """How many records it has not taken yet."""
        log = self._broker.log.items()
        return sum(len(records) - self._position.get(p, 0) for p, records in log if p[0] in self.topics)

    def assignment(self) -> set[TopicPartition]:
        """What `Acks` asks: all of it."""
        return {TopicPartition(topic, n) for topic in self.topics for n in range(PARTITIONS)}

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        """What `Acks` calls; may fail, and then the next one says it again."""
        await self._process.step("offset commit")
        world = self._process.world
        if self._broker.away or world.chance(world.weather.commits_lost):
            world.trouble(self._process.name, "cannot commit its offsets")
            raise CommitFailedError("the coordinator is not there")
        committed = self._broker.committed[self.group]
        for partition, offset in offsets.items():
            committed[partition.topic, partition.partition] = offset
