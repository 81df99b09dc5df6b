"""What an embedded broker is told."""

import re
from pathlib import Path

import pytest

from deploy.embedded.broker import Node, nodes_of, properties
from deploy.embedded.jars import PartMissing, kafka_version, locked

OWN_PORTS = 2  # a broker's and its controller's


def of(brokers: int, *links: str) -> list[Node]:
    """So many brokers; broker 1 has the ports 20010, 20011..., broker 2 has 20020, 20021..."""
    ports = [20000 + 10 * n + i for n in range(1, brokers + 1) for i in range(OWN_PORTS + 2 * len(links))]
    return nodes_of(Path("/state"), brokers, links, ports)


def told(brokers: int, number: int = 1, links: tuple[str, ...] = ()) -> dict[str, str]:
    """The properties of one broker of so many."""
    nodes = of(brokers, *links)
    lines = properties(nodes[number - 1], nodes).splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_every_broker_votes_and_listens_on_its_own_ports() -> None:
    second = told(3, number=2)
    assert second["controller.quorum.voters"] == "1@127.0.0.1:20011,2@127.0.0.1:20021,3@127.0.0.1:20031"
    assert second["listeners"] == "PLAINTEXT://127.0.0.1:20020,CONTROLLER://127.0.0.1:20021"
    assert second["advertised.listeners"] == "PLAINTEXT://127.0.0.1:20020"
    assert second["node.id"] == "2"


def test_each_link_has_a_listener_that_sends_its_clients_back_to_the_link() -> None:
    second = told(3, number=2, links=("intake", "alerting-a"))
    assert second["listeners"].endswith(",INTAKE://127.0.0.1:20022,ALERTING-A://127.0.0.1:20024")
    assert second["advertised.listeners"] == (
        "PLAINTEXT://127.0.0.1:20020,INTAKE://127.0.0.1:20023,ALERTING-A://127.0.0.1:20025"
    )
    assert second["listener.security.protocol.map"].endswith(",INTAKE:PLAINTEXT,ALERTING-A:PLAINTEXT")
    assert [door.advertised for door in of(3, "intake", "alerting-a")[1].doors] == [20023, 20025]


def test_brokers_come_to_each_other_directly_unless_a_link_is_there_for_them() -> None:
    assert told(3)["inter.broker.listener.name"] == "PLAINTEXT"
    assert told(3, links=("intake", "replication"))["inter.broker.listener.name"] == "REPLICATION"


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


def read_by_java(written: bytes) -> str:
    r"""A value as java.util.Properties reads it: of ISO 8859-1, \uXXXX is a unit of UTF-16, \x is x."""
    units = re.sub(
        r"\\(?:u(....)|(.))", lambda found: chr(int(found[1], 16)) if found[1] else found[2], written.decode("latin-1")
    )
    return units.encode("utf-16", "surrogatepass").decode("utf-16")


@pytest.mark.parametrize("folder", ["/a b=c#!", "/Café", "/č", "/🔥", "/{node}", "/a\\b", "/a\\u0041", "/a\nb"])
def test_a_data_folder_of_any_letters_is_the_one_that_java_reads(folder: str) -> None:
    nodes = nodes_of(Path(folder), 1, (), [1, 2])
    (line,) = [line for line in properties(nodes[0], nodes).split("\n") if line.startswith("log.dirs=")]
    assert read_by_java(line.removeprefix("log.dirs=").encode()) == f"{folder}/broker-1/data"


def test_a_data_folder_with_a_comma_is_refused_because_log_dirs_is_a_list() -> None:
    with pytest.raises(PartMissing, match=r"/a,b .*comma.*MELDKAMER_STATE"):
        nodes_of(Path("/a,b"), 1, (), [1, 2])
