"""One broker of an embedded Kafka: its ports, the doors of its links, its server.properties."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.jars import PartMissing

BETWEEN = "replication"  # the link by which brokers come to each other


@dataclass(frozen=True)
class Door:
    """A listener of its own for those who come by one named link.

    Kafka tells a client to come back to the address that is advertised for the listener it came by. So whoever is given
    the advertised port reaches every broker by what stands there, such as a proxy that passes on to `port`.
    """

    link: str
    port: int
    advertised: int

    @property
    def listener(self) -> str:
        """Kafka's name for it."""
        return self.link.upper()


@dataclass(frozen=True)
class Node:
    """One broker: its folder, its two ports, and its doors, one for each link."""

    number: int
    folder: Path
    port: int
    controller_port: int
    doors: tuple[Door, ...] = ()


def nodes_of(folder: Path, brokers: int, links: Sequence[str], ports: Sequence[int]) -> list[Node]:
    """The brokers of a cluster: each takes a port, the controller's, and two for each link.

    PartMissing for a folder with a comma: Kafka's `log.dirs` is a list, in which nothing stands for one.
    """
    if "," in str(folder):
        raise PartMissing(
            f"{folder} has a comma, at which Apache Kafka parts its data folders:"
            " set MELDKAMER_STATE to a path without a comma"
        )
    share = len(ports) // brokers
    return [_node(n, folder, ports[share * (n - 1) : share * n], links) for n in range(1, brokers + 1)]


def properties(node: Node, nodes: Sequence[Node]) -> str:
    """The server.properties of one broker."""
    copies = len(nodes)
    voters = ",".join(f"{other.number}@127.0.0.1:{other.controller_port}" for other in nodes)
    template = (Path(__file__).parent / "server.properties").read_text()
    between = [door.listener for door in node.doors if door.link == BETWEEN]
    return template.format(
        node=node, voters=voters, copies=copies, in_sync=max(1, copies - 1), data=_escaped(str(node.folder / "data")),
        listeners="".join(f",{door.listener}://127.0.0.1:{door.port}" for door in node.doors),
        advertised="".join(f",{door.listener}://127.0.0.1:{door.advertised}" for door in node.doors),
        protocols="".join(f",{door.listener}:PLAINTEXT" for door in node.doors),
        between=between[0] if between else "PLAINTEXT",
    )  # fmt: skip


def _escaped(value: str) -> str:
    """A value of a .properties file, which Java reads as ISO 8859-1: the rest as units of UTF-16, a backslash twice."""
    units = value.replace("\\", "\\\\").encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[n : n + 2]) for n in range(0, len(units), 2)]
    return "".join(chr(code) if 0x20 <= code < 0x7F else f"\\u{code:04x}" for code in codes)


def _node(number: int, folder: Path, ports: Sequence[int], links: Sequence[str]) -> Node:
    doors = tuple(Door(link, *ports[2 * n : 2 * n + 2]) for n, link in enumerate(links, start=1))
    return Node(number, folder / f"broker-{number}", ports[0], ports[1], doors)
