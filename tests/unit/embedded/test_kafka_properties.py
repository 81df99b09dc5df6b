"""What an embedded broker is told."""

from pathlib import Path

import pytest

from deploy.embedded.jars import kafka_version, locked
from deploy.embedded.kafka import Node, properties


def told(brokers: int, number: int = 1) -> dict[str, str]:
    """The properties of one broker of so many."""
    nodes = [Node(n, Path(f"/state/broker-{n}"), 20000 + n, 21000 + n) for n in range(1, brokers + 1)]
    lines = properties(nodes[number - 1], nodes).splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_every_broker_votes_and_listens_on_its_own_ports() -> None:
    second = told(3, number=2)
    assert second["controller.quorum.voters"] == "1@127.0.0.1:21001,2@127.0.0.1:21002,3@127.0.0.1:21003"
    assert second["listeners"] == "PLAINTEXT://127.0.0.1:20002,CONTROLLER://127.0.0.1:21002"
    assert second["node.id"] == "2"


@pytest.mark.parametrize(("brokers", "in_sync"), [(1, "1"), (3, "2")])
def test_offsets_are_copied_to_every_broker(brokers: int, in_sync: str) -> None:
    assert told(brokers)["offsets.topic.replication.factor"] == str(brokers)
    assert told(brokers)["transaction.state.log.min.isr"] == in_sync


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("auto.create.topics.enable", "false"),
        ("unclean.leader.election.enable", "false"),
        ("broker.session.timeout.ms", "3000"),
        ("broker.heartbeat.interval.ms", "500"),
        ("group.initial.rebalance.delay.ms", "0"),
        ("group.coordinator.append.linger.ms", "0"),
        ("log.cleaner.dedupe.buffer.size", "4194304"),
    ],
)
def test_what_reliability_rests_on_is_set(name: str, value: str) -> None:
    assert told(1)[name] == value


def test_offsets_outlive_the_longest_topic() -> None:
    assert int(told(1)["offsets.retention.minutes"]) >= 400 * 24 * 60


def test_every_jar_is_locked_with_its_hash() -> None:
    jars = locked()
    assert kafka_version().startswith("4.")
    assert len({jar.file for jar in jars}) == len(jars) >= 40
    assert all(len(jar.sha256) == 64 for jar in jars)
