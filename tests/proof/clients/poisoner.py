"""Puts records on topics that no consumer can read, as a broken or hostile producer would."""

from enum import StrEnum
from typing import Self
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared import topics
from shared.events import TYPE_OF
from tests.proof.history import How, Writer

WHO = "poisoner"
LARGE = 900_000  # Kafka takes no record over 1 MiB; this one it takes, and it is no event
Headers = list[tuple[str, bytes | None]]


class Poison(StrEnum):
    """What is wrong with a record."""

    NOT_JSON = "not_json"
    WRONG_FIELDS = "wrong_fields"
    NULL_HEADER = "null_header"
    BINARY_HEADER = "binary_header"
    NULL_VALUE = "null_value"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    OVERSIZE = "oversize"


class Poisoner:
    """`async with Poisoner(bootstrap, history) as poisoner: await poisoner.poison(...)`; not through any proxy."""

    def __init__(self, bootstrap: tuple[str, ...], history: Writer) -> None:
        self._bootstrap = list(bootstrap)
        self._history = history
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        """Connect when there is something to send: brokers may be away now."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing more comes."""
        if self._producer:
            await self._producer.stop()

    async def poison(self, kind: Poison, topic: topics.Topic) -> tuple[int, int] | None:
        """One record; its partition and offset, or None when nobody knows whether Kafka took it."""
        id_ = str(uuid4())
        self._history.write(WHO, "poison", How.INVOKE, id_, kind=kind, topic=topic.name)
        value, headers = record(kind, topic, id_)
        try:
            producer = await self._connected()
            sent = await producer.send_and_wait(topic.name, value, key=id_.encode(), headers=headers)
        except (KafkaError, OSError, TimeoutError) as error:
            self._history.write(WHO, "poison", How.INFO, id_, why=type(error).__name__)
            return None
        self._history.write(WHO, "poison", How.OK, id_, topic=topic.name, partition=sent.partition, offset=sent.offset)
        return sent.partition, sent.offset

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap, acks="all", max_request_size=2 * LARGE, request_timeout_ms=5_000
            )
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer


def record(kind: Poison, topic: topics.Topic, id_: str) -> tuple[bytes | None, Headers]:
    """Value and headers of a record that cannot be read for just this one reason."""
    good: Headers = [("ce_type", TYPE_OF[topic.event].encode()), ("ce_id", id_.encode())]
    values: dict[Poison, tuple[bytes | None, Headers]] = {
        Poison.NOT_JSON: (b'{"half', good),
        Poison.WRONG_FIELDS: (b'{"version": "many"}', good),
        Poison.NULL_HEADER: (b"{}", [*good, ("ce_source", None)]),
        Poison.BINARY_HEADER: (b"{}", [*good, ("ce_source", b"\xff\xfe")]),
        Poison.NULL_VALUE: (None, good),
        Poison.UNKNOWN_TYPE: (b"{}", [("ce_type", b"nl.meldkamer.never.heard.v1"), *good[1:]]),
        Poison.UNKNOWN_VERSION: (b"{}", [("ce_type", TYPE_OF[topic.event].encode()[:-1] + b"99"), *good[1:]]),
        Poison.OVERSIZE: (b'{"text": "' + b"x" * LARGE, good),
    }
    return values[kind]
