"""An Apache Kafka of our own in KRaft mode: one broker or three, on loopback, data in a folder, restartable."""

import asyncio
import base64
import os
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.embedded import jars
from deploy.embedded.broker import Door, Node, nodes_of, properties
from deploy.embedded.ports import remembered
from deploy.embedded.process import Command, Process

JAVA_ENVIRONMENT = {"LC_ALL": "C.UTF-8"}  # in the locale C it finds no file whose name is not ASCII
READY_WITHIN_S = 120  # 2-4 s as a rule; 38 s was seen on a machine with four times more to do than it has cores


class Kafka:
    """`async with Kafka(folder) as kafka: kafka.bootstrap_servers`. A killed broker starts again on data and port.

    `folder` keeps everything: data, ports, cluster id, logs. `brokers` is 1 or 3 and stays what it was; so are `links`,
    names of roads that something else leads from each advertised port to a broker's port (see `Door`); brokers among
    each other come by the link BETWEEN if it is one of them.
    """

    name = "Apache Kafka"

    def __init__(self, folder: Path, brokers: int = 1, heap_mb: int = 128, links: Sequence[str] = ()) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        ports = remembered(self.folder / "ports", brokers * (2 + 2 * len(links)))
        self.nodes = nodes_of(self.folder, brokers, links, ports)
        self._heap_mb = heap_mb
        self._processes: dict[int, Process] = {}

    @property
    def bootstrap_servers(self) -> list[str]:
        """As aiokafka and FastStream want them: a list."""
        return [f"127.0.0.1:{node.port}" for node in self.nodes]

    def doors(self, link: str) -> list[Door]:
        """The doors of a link, one at each broker, in order of their numbers."""
        return [door for node in self.nodes for door in node.doors if door.link == link]

    @property
    def replication(self) -> int:
        """How many copies a topic can have."""
        return len(self.nodes)

    def process(self, number: int = 1) -> Process:
        """The running (or dead) process of a broker, for its pid and for signals."""
        return self._processes[number]

    async def start(self, number: int | None = None) -> None:
        """Start what does not run: all, or the broker of this number. Formats new folders first. Does not wait."""
        class_path = await asyncio.to_thread(jars.class_path)
        java = await asyncio.to_thread(jars.java)
        id_file = self.folder / "cluster.id"
        if not id_file.exists():
            id_file.write_text(_cluster_id())
        nodes = [node for node in self.nodes if number in (None, node.number)]
        fresh = [node for node in nodes if not (node.folder / "data" / "meta.properties").exists()]
        for node in nodes:
            node.folder.mkdir(exist_ok=True)
            (node.folder / "server.properties").write_text(properties(node, self.nodes))
        await asyncio.gather(*(asyncio.to_thread(self._format, java, class_path, node) for node in fresh))
        for node in nodes:
            if node.number not in self._processes or not self._processes[node.number].running:
                self._processes[node.number] = Process(self._command(java, class_path, node))

    async def ready(self, within: float = READY_WITHIN_S, number: int | None = None) -> None:
        """Return once a Metadata reply names every broker, or that of this number; a connect alone proves nothing."""
        awaited = [node for node in self.nodes if number in (None, node.number)]
        try:
            async with asyncio.timeout(within):
                while not await self._known(awaited):
                    self._raise_if_dead(awaited)
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise jars.PartMissing(f"Apache Kafka did not serve within {within:.0f} s: {self.log_tail()}") from None

    async def stop(self, grace: float = 8) -> None:
        """SIGTERM to all brokers at once, SIGKILL to those that are still there after `grace` seconds."""
        await asyncio.gather(*(process.stop(grace=grace) for process in self._processes.values()))

    async def kill(self, number: int = 1) -> None:
        """kill -9 of one broker."""
        await self._processes[number].kill()

    async def wait(self) -> int:
        """Return the exit code of a broker as soon as one has ended."""
        waits = [asyncio.create_task(process.wait()) for process in self._processes.values()]
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for task in waits:
                task.cancel()

    def log_tail(self, lines: int = 8) -> str:
        """The last lines that each broker wrote."""
        files = [node.folder / "kafka.log" for node in self.nodes]
        return "\n".join(_tail(file, lines) for file in files if file.exists())

    async def __aenter__(self) -> Self:
        await self.start()
        await self.ready()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _format(self, java: str, class_path: str, node: Node) -> None:
        """Write the cluster's id into an empty data folder; every broker of a cluster gets the same."""
        cluster_id = (self.folder / "cluster.id").read_text()
        told = subprocess.run(
            [*_java(java, class_path, 64), "kafka.tools.StorageTool", "format", "-t", cluster_id,
             "-c", str(node.folder / "server.properties")],
            capture_output=True, text=True, check=False, env={**os.environ, **JAVA_ENVIRONMENT},
        )  # fmt: skip
        if told.returncode != 0:
            raise jars.PartMissing(f"Apache Kafka could not format {node.folder}: {told.stdout}{told.stderr}")

    def _command(self, java: str, class_path: str, node: Node) -> Command:
        """The broker's command line; slf4j-simple is there because without a binding even fatal errors are silent."""
        return Command(
            [*_java(java, class_path, self._heap_mb), "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
             "-Dorg.slf4j.simpleLogger.showDateTime=true", "kafka.Kafka", str(node.folder / "server.properties")],
            log=node.folder / "kafka.log", environment=JAVA_ENVIRONMENT, folder=node.folder,
        )  # fmt: skip

    def _raise_if_dead(self, nodes: Sequence[Node]) -> None:
        """A broker that ends while we wait will not come by itself."""
        for process in (self._processes[node.number] for node in nodes):
            if not process.running:
                raise jars.PartMissing(f"Apache Kafka ended with {process.exit_code}: {self.log_tail()}")

    async def _known(self, nodes: Sequence[Node]) -> bool:
        """Whether the cluster answers a Metadata request with all of these brokers in it."""
        for node in nodes:
            if not await _accepts(node.port):
                return False
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers, request_timeout_ms=2000)
        try:
            await admin.start()
            cluster = await admin.describe_cluster()
        except (KafkaError, OSError):
            return False
        finally:
            await admin.close()
        return {node.number for node in nodes} <= {broker["node_id"] for broker in cluster["brokers"]}


def _java(java: str, class_path: str, heap_mb: int) -> list[str]:
    """The small Java that suffices: serial collector, fixed upper heap, the quick compiler alone.

    The thorough compiler costs a start another 4 s of a processor, and a busy minute a quarter of what Kafka needs.
    """
    return [java, f"-Xmx{heap_mb}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", class_path]


def _cluster_id() -> str:
    """A random UUID in Kafka's spelling: 22 characters of URL-safe base64, never one that looks like an option."""
    while (name := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return name


async def _accepts(port: int) -> bool:
    """Whether something listens, asked without aiokafka, which logs an error for each refusal."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _tail(file: Path, lines: int) -> str:
    """The end of a log file."""
    return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
