"""What Kafka is asked for when topics are created."""

import pytest
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError

from shared import topics
from shared.settings import Common
from shared.topics import CHAT, CLOCK, DAY_MS, FIRE


@pytest.mark.parametrize(("set_", "fire", "chat"), [(400, 400, 30), (800, 800, 30), (7, 7, 7)])
def test_records_are_kept_as_long_as_is_set_and_chats_not_longer_than_the_table_says(
    set_: int, fire: int, chat: int
) -> None:
    asked = {topic.name: topic.topic_configs for topic in topics.wanted(3, 1, 1, set_)}
    days = {name: int(settings["retention.ms"]) // DAY_MS for name, settings in asked.items()}
    assert (days[FIRE.name], days[FIRE.dead], days[CHAT.name], days[CLOCK]) == (fire, fire, chat, 1)


def test_all_that_is_asked_follows_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PARTITIONS": 6, "REPLICATION": 3, "MIN_INSYNC": 2, "RETENTION_DAYS": 100}.items():
        monkeypatch.setenv(f"KAFKA_{name}", str(value))
    asked = topics.wanted(**topics.as_set(Common()))
    fire = next(topic for topic in asked if topic.name == FIRE.name)
    assert (fire.num_partitions, fire.replication_factor) == (6, 3)
    assert fire.topic_configs["min.insync.replicas"] == "2"
    assert fire.topic_configs["retention.ms"] == str(100 * DAY_MS)


async def test_a_broker_that_answers_and_does_not_serve_yet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    told = iter([KafkaConnectionError(), NodeNotReadyError(), [], [("b", 1)]])
    closed = []

    class Admin:
        def __init__(self, **_: object) -> None:
            self.answer = next(told)

        async def start(self) -> None:
            if isinstance(self.answer, KafkaConnectionError):
                raise self.answer

        async def describe_cluster(self) -> dict[str, object]:
            if isinstance(self.answer, NodeNotReadyError):
                raise self.answer
            return {"brokers": self.answer}

        async def close(self) -> None:
            closed.append(self)

    monkeypatch.setattr(topics, "AIOKafkaAdminClient", Admin)
    admin = await topics._connect(["b:1"])
    assert await admin.describe_cluster() == {"brokers": [("b", 1)]}
    assert len(closed) == 3
