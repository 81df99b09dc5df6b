"""Operators find dead letters, see them, and send them again, on a real Kafka and PostgreSQL."""

import asyncio
import json
from dataclasses import dataclass
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer
from typer.testing import CliRunner, Result

from deploy.cli import main
from deploy.dead_letters import connected
from deploy.embedded.kafka import Kafka
from shared import clock, delivery_store
from shared.delivery_store import Dead
from shared.records import headers_to_json
from shared.wire import Headers

HEADERS: tuple[tuple[str, bytes | None], ...] = (
    ("ce_type", b"nl.meldkamer.incident.reported.v9"), ("trace", b"\xff\x00"), ("empty", None)
)  # fmt: skip
TOPIC = "incidents.access"


@dataclass
class Poison:
    """A record that no version of ours can read."""

    offset: int
    topic: str = TOPIC
    partition: int = 1
    timestamp: int = 0
    key: bytes | None = b"HORST"
    value: bytes | None = b'{"kind": "unheard \x1b[31mof"}'
    headers: Headers = HEADERS

    @property
    def name(self) -> str:
        """As operators name it."""
        return f"{self.topic}/{self.partition}/{self.offset}"


async def bury(database_url: str, service: str, *poison: Poison) -> None:
    """What `shared.delivery` does with a record that it cannot read."""
    async with connected(database_url, service) as connection:
        await delivery_store.bury(connection, [Dead(record, "unknown ce_type") for record in poison], clock.now())


class Operator:
    """Runs `meldkamer dead ...`."""

    def __init__(self, kafka: Kafka, database_url: str) -> None:
        self._environment = {
            "KAFKA_BOOTSTRAP_SERVERS": ",".join(kafka.bootstrap_servers), "DATABASE_URL": database_url, "COLUMNS": "160"
        }  # fmt: skip

    async def dead(self, *words: str) -> Result:
        """The command in a thread of its own: it starts its own event loop."""
        return await asyncio.to_thread(CliRunner().invoke, main.build(), ["dead", *words], env=self._environment)


@pytest.fixture
def operator(kafka: Kafka, database_url: str) -> Operator:
    """An operator of this test's product."""
    return Operator(kafka, database_url)


async def test_a_letter_of_two_services_is_listed_once_with_both(operator: Operator, database_url: str) -> None:
    await bury(database_url, "alerting", Poison(7), Poison(8))
    await bury(database_url, "reporting", Poison(7))
    told = await operator.dead("list")
    assert told.exit_code == 0
    line = next(line for line in told.stdout.splitlines() if "incidents.access/1/7" in line)
    assert "alerting, reporting" in line
    assert "unknown ce_type" in line
    assert told.stdout.endswith("2 dead letters\n")


async def test_nothing_dead_is_said_in_one_line(operator: Operator) -> None:
    assert (await operator.dead("list")).stdout == "0 dead letters\n"


async def test_a_letter_is_shown_as_it_came_and_cannot_act_on_the_terminal(
    operator: Operator, database_url: str
) -> None:
    await bury(database_url, "reporting", Poison(7))
    told = (await operator.dead("show", Poison(7).name)).stdout.splitlines()
    assert "key: HORST" in told
    assert "header trace: b'\\xff\\x00'" in told
    assert "header empty: null" in told
    assert told[-1] == 'value: {"kind": "unheard \\x1b[31mof"}'
    assert "replayed: never" in told


async def test_a_replay_is_the_same_record_on_its_topic_and_leaves_its_mark(
    operator: Operator, kafka: Kafka, database_url: str
) -> None:
    poison = Poison(7, key=uuid4().hex.encode())
    await bury(database_url, "alerting", poison)
    await bury(database_url, "reporting", poison)
    async with AIOKafkaConsumer(TOPIC, bootstrap_servers=kafka.bootstrap_servers) as consumer:
        await consumer.seek_to_end()
        told = await operator.dead("replay", poison.name)
        assert told.stdout == f"replayed {poison.name}\n1 replayed\n"
        record = await asyncio.wait_for(consumer.getone(), 5)
    assert (record.key, record.value, tuple(record.headers)) == (poison.key, poison.value, HEADERS)
    for service in ("alerting", "reporting"):
        async with connected(database_url, service) as connection:
            assert await connection.fetchval("SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL") == 0


async def test_a_second_replay_is_refused_but_with_again(operator: Operator, database_url: str) -> None:
    await bury(database_url, "reporting", Poison(7), Poison(8))
    assert (await operator.dead("replay", Poison(7).name)).exit_code == 0
    refused = await operator.dead("replay", Poison(8).name, Poison(7).name)
    assert refused.exit_code == 1
    assert refused.stderr == f"meldkamer: replayed before: {Poison(7).name}; --again replays once more\n"
    waiting = await operator.dead("list", "--waiting")
    assert waiting.stdout.endswith("1 dead letters\n")
    again = await operator.dead("replay", "--again", Poison(7).name)
    assert again.exit_code == 0


async def test_all_replays_what_was_never_replayed(operator: Operator, database_url: str) -> None:
    other = Poison(9, topic="incidents.general")
    await bury(database_url, "reporting", Poison(7), Poison(8), other)
    await operator.dead("replay", Poison(7).name)
    assert (await operator.dead("replay", "--all", "--topic", TOPIC)).stdout.endswith("1 replayed\n")
    assert (await operator.dead("replay", "--all")).stdout == f"replayed {other.name}\n1 replayed\n"


async def test_a_letter_of_which_nothing_could_be_read_does_not_hold_up_the_others(
    operator: Operator, database_url: str
) -> None:
    await bury(database_url, "reporting", Poison(7, key=None, value=None, headers=()), Poison(8))
    told = await operator.dead("replay", "--all")
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "2 replayed")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "incidents.access"], "'incidents.access' is no dead letter; meldkamer dead list shows them"),
        (["show", "incidents.access/1/7"], "there is no dead letter incidents.access/1/7"),
        (["replay"], "name the letters, or give --all"),
        (["replay", "--all", "incidents.access/1/7"], "name the letters, or give --all"),
    ],
)
async def test_a_mistake_is_told_in_one_line(operator: Operator, words: list[str], said: str) -> None:
    told = await operator.dead(*words)
    assert told.exit_code == 1
    assert told.stderr.startswith(f"meldkamer: {said}")
    assert told.stderr.count("\n") == 1


async def test_a_database_that_is_away_is_told_in_one_line() -> None:
    told = await asyncio.to_thread(
        CliRunner().invoke, main.build(), ["dead", "list"], env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/x"}
    )
    assert told.exit_code == 1
    assert "do KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL name servers that run?" in told.stderr


def test_headers_survive_the_table() -> None:
    assert json.loads(headers_to_json(HEADERS))[1] == ["trace", {"b64": "/wA="}]
