"""The table of topics, and the step that creates them: `python -m shared.topics`."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypedDict

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code

from shared import clock, topic_settings
from shared.errors import Misconfigured
from shared.events import AlertUpdated, Event, IncidentReported, PageUpdated
from shared.settings import Common
from shared.words import Kind

log = logging.getLogger(__name__)
DAY_MS = 86_400_000
READY_S = 60.0


@dataclass(frozen=True, slots=True)
class Topic:
    """One row: what travels there, by which key, from the ONE producer to whom, kept how long."""

    name: str
    key: str
    event: type[Event]
    producer: str
    consumers: tuple[str, ...]
    days: int

    @property
    def dead(self) -> str:
        """Where records go that a consumer of this topic cannot read."""
        return f"{self.name}.dead"


DAYS = 400  # unless KAFKA_RETENTION_DAYS says otherwise
_BOTH = ("alerting", "reporting")
FIRE = Topic("incidents.fire", "building", IncidentReported, "intake", _BOTH, DAYS)
ACCESS = Topic("incidents.access", "building", IncidentReported, "intake", _BOTH, DAYS)
TRAFFIC = Topic("incidents.traffic", "building", IncidentReported, "intake", _BOTH, DAYS)
CHAT = Topic("incidents.chat", "conversation id", IncidentReported, "intake", _BOTH, 30)
GENERAL = Topic("incidents.general", "building", IncidentReported, "intake", _BOTH, DAYS)
ALERTS = Topic("alerts", "alert id", AlertUpdated, "alerting", ("reporting",), DAYS)
PAGES = Topic("pages", "alert id", PageUpdated, "alerting", ("reporting",), DAYS)

TOPICS = (FIRE, ACCESS, TRAFFIC, CHAT, GENERAL, ALERTS, PAGES)
INCIDENTS = (FIRE, ACCESS, TRAFFIC, CHAT, GENERAL)
NO_BUILDING = "-"

# What a source was refused must not land later. Kafka refuses a record whose time is further back than this, so one
# that waited in the socket of a frozen broker is refused when the broker goes on. Alerts, pages, dead letters and chats
# come from an outbox that tries for ever: nobody was refused. Time ahead is no reason to refuse: clocks differ.
ANSWERED = (FIRE, ACCESS, TRAFFIC, GENERAL)
LATE_MS = 4_000
IN_TIME = {"message.timestamp.before.max.ms": str(LATE_MS), "message.timestamp.after.max.ms": str(2**63 - 1)}

CLOCK = "clock"  # empty records on which the broker sets the time: see shared/stamps.py
BY_BROKER = {"message.timestamp.type": "LogAppendTime"}
SETTINGS = {**{topic.name: IN_TIME for topic in ANSWERED}, CLOCK: BY_BROKER}


def of_consumer(service: str) -> tuple[str, ...]:
    """The names of the topics that a service reads."""
    return tuple(topic.name for topic in TOPICS if service in topic.consumers)


@cache  # asked for every incident
def for_kind(kind: Kind) -> Topic:
    """The topic an incident of this kind goes to; what has no topic of its own goes to `incidents.general`."""
    match kind.split(".")[0]:
        case "fire" | "sprinkler" | "evacuation":
            return FIRE
        case "access":
            return ACCESS
        case "traffic":
            return TRAFFIC
        case _:
            return GENERAL


def wanted(partitions: int, replication: int, min_insync: int, retention_days: int = DAYS) -> list[NewTopic]:
    """Every topic and its dead-letter topic as Kafka is asked for them; chats are kept 30 days at most."""
    rows = [(t.name, retention_days if t.days == DAYS else min(t.days, retention_days)) for t in TOPICS]
    rows += [(t.dead, retention_days) for t in TOPICS]
    # One copy: each broker tells its own time, and nobody asks one that is dead.
    clock_topic = NewTopic(CLOCK, partitions, 1, topic_configs={"retention.ms": str(DAY_MS), **BY_BROKER})
    return [
        NewTopic(
            name,
            partitions,
            replication,
            topic_configs={
                "retention.ms": str(days * DAY_MS),
                "min.insync.replicas": str(min_insync),
                **SETTINGS.get(name, {}),
            },
        )
        for name, days in rows
    ] + [clock_topic]


async def create(
    bootstrap: list[str], partitions: int = 12, replication: int = 1, min_insync: int = 1, retention_days: int = DAYS
) -> list[str]:
    """Create what is missing, wait until every partition has its leader and replicas; returns the new names.

    Topics of an older version get the settings that were not known then; whatever else was set on them stays.
    """
    admin = await _connect(bootstrap)
    try:
        asked = wanted(partitions, replication, min_insync, retention_days)
        there = set(await admin.list_topics())
        missing = [topic for topic in asked if topic.name not in there]
        if missing:
            answer = await admin.create_topics(missing, timeout_ms=30_000)
            _check(answer.topic_errors)
        await topic_settings.bring_up(admin, {name: set_ for name, set_ in SETTINGS.items() if name in there})
        await _wait_for_leaders(admin, [topic.name for topic in asked if topic.name != CLOCK], replication)
        return [topic.name for topic in missing]
    finally:
        await admin.close()


async def _connect(bootstrap: list[str]) -> AIOKafkaAdminClient:
    """A broker may take a while to serve after it starts (19 s was seen once)."""
    deadline = clock.monotonic() + READY_S
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=30_000)
        try:
            await _start(admin)
        except KafkaError as error:
            await admin.close()
            if clock.monotonic() > deadline:
                where = ",".join(bootstrap)
                raise Misconfigured(f"no Kafka broker at {where}: check KAFKA_BOOTSTRAP_SERVERS") from error
            await asyncio.sleep(0.2)
        else:
            return admin


async def _start(admin: AIOKafkaAdminClient) -> None:
    """A broker that answers may not serve yet: it names none then, and the client library would ask nobody."""
    await admin.start()
    if not (await admin.describe_cluster())["brokers"]:
        raise KafkaConnectionError("the broker does not serve yet")


class AsSet(TypedDict):
    """What the settings say of topics."""

    partitions: int
    replication: int
    min_insync: int
    retention_days: int


def as_set(common: Common) -> AsSet:
    """For `create`."""
    return {
        "partitions": common.kafka_partitions,
        "replication": common.kafka_replication,
        "min_insync": common.kafka_min_insync,
        "retention_days": common.kafka_retention_days,
    }


def _check(answers: Iterable[tuple[str, int] | tuple[str, int, str]]) -> None:
    """`create_topics` answers and does not raise: a code per topic, 0 is good."""
    for name, code, *text in answers:
        error = for_code(code)
        if code != 0 and error is not TopicAlreadyExistsError:
            raise Misconfigured(f"Kafka refused topic {name}: {error.__name__} {text[0] if text else ''}".rstrip())


async def _wait_for_leaders(admin: AIOKafkaAdminClient, names: list[str], replication: int) -> None:
    deadline = clock.monotonic() + READY_S
    while True:
        try:
            topics = await admin.describe_topics(names)
        except KafkaError as error:
            log.debug("describe_topics: %s", error)
            topics = []
        partitions = [p for topic in topics if topic["error_code"] == 0 for p in topic["partitions"]]
        good = [p for p in partitions if p["leader"] >= 0 and len(p["isr"]) >= min(replication, len(p["replicas"]))]
        if len(topics) == len(names) and partitions and len(good) == len(partitions):
            return
        if clock.monotonic() > deadline:
            raise Misconfigured(f"{len(partitions) - len(good)} partitions have no leader after {READY_S:.0f} s")
        await asyncio.sleep(0.05)


async def _main() -> None:
    common = Common()
    created = await create(common.bootstrap, **as_set(common))
    print(f"{len(created)} topics created: {', '.join(created)}" if created else "all topics are there")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(_main())
