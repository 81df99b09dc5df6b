"""The whole product on real parts, each link through a proxy, each part a process that faults may hit."""

import asyncio
import signal
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.embedded.kafka import Kafka
from deploy.embedded.ports import free_ports
from deploy.embedded.postgres import Postgres
from deploy.embedded.service import Plan, Service
from shared import topics
from shared.campus import Scope
from tests.e2e import given
from tests.proof import clocks, host
from tests.proof.clocks import Clock
from tests.proof.deck import Shape
from tests.proof.disk import SmallDisk
from tests.proof.network import Link, Network
from tests.proof.parts import HEALED_WITHIN_S, Broker, Keeper, Part
from tests.proof.proxy import HOST, Mode
from tests.proof.roads import MONITOR, PERSON, PHONES, SENDER, kafka_links, roads, that_fail
from tests.proof.target import SOURCE, Target

HOSTED = "tests.proof.host"
POSTGRES = "postgres"
LETTERS = "abcdefgh"
DISK_MB = 768  # of PostgreSQL's log, in memory as far as it is used
POSTGRES_SETTINGS = {"max_wal_size": "256MB"}


class Cluster:
    """`async with Cluster(folder, campus) as cluster:` and everything serves; at the end everything is gone.

    `parts` and `links` have the names that schedules use: intake, alerting-a, alerting-b, reporting, kafka-1, postgres;
    intake-kafka (with three brokers intake-kafka-1 too), alerting-a-postgres, alerting-phones, sender-intake... What
    dies is started again at once, as a supervisor does in production; `keeper` can be told not to.

    `module_of` runs another module in the place of `tests.proof.host` as a service, which finds the service's own in
    PROOF_MODULE; `environment` adds settings to a service's.
    """

    def __init__(
        self,
        folder: Path,
        campus: str,
        brokers: int = 1,
        replicas: int = 2,
        partitions: int = 12,
        module_of: Mapping[str, str] | None = None,
        environment: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.folder, self.partitions = folder, partitions
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        (folder / "campus.yaml").write_text(campus)
        self.alertings = tuple(f"alerting-{letter}" for letter in LETTERS[:replicas])
        self.services = ("intake", *self.alertings, "reporting")
        self.kafka = Kafka(folder / "kafka", brokers, links=kafka_links(self.services, brokers))
        self.disk: SmallDisk | None = None
        self._log_folder = folder / "postgres" / "disk"
        self.postgres = Postgres(folder / "postgres", lambda _: None, self._log_folder, POSTGRES_SETTINGS)
        self.ports = {name: free_ports(1)[0] for name in (*self.services, "phones")}
        laid = roads(self.services, self.ports, self.kafka, self.postgres.port)
        doors = {door.name: door for doors in laid.values() for door in doors}
        self.network = Network(list(doors.values()), free_ports(1)[0], self.log_of("network"))
        self.links = {name: Link(name, doors, self.network) for name, doors in laid.items()}
        self.clocks = {name: Clock(folder / f"{name}.clock") for name in self.services}
        self._module_of, self._environment = module_of or {}, environment or {}
        self._services = {name: self.service(name, name, self.ports[name]) for name in self.services}
        self.parts: dict[str, Part] = {
            **self._services,
            **{f"kafka-{node.number}": Broker(self.kafka, node.number) for node in self.kafka.nodes},
            POSTGRES: self.postgres,
        }
        self.keeper = Keeper(self.parts)
        self._leaving = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.network.stop)
            await self.network.start()
            if disk := SmallDisk.mounted(self._log_folder, DISK_MB):
                self.disk = disk
                stack.callback(disk.unmount)
            stack.push_async_callback(self._stop_ground)
            await _together(self.kafka.start(), self.postgres.start())
            await _together(self._make_topics(), self._make_schemas())
            stack.push_async_callback(self._stop_services)
            await _together(*(service.start() for service in self._services.values()))
            await _together(*(service.ready() for service in self._services.values()))
            self.keeper.begin()
            stack.push_async_callback(self.keeper.end)
            self._leaving = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._leaving.aclose()

    @property
    def brokers(self) -> tuple[str, ...]:
        """The names of the brokers."""
        return tuple(f"kafka-{node.number}" for node in self.kafka.nodes)

    @property
    def target(self) -> Target:
        """What clients are told: sources, people, monitors and phones go through the proxies; who looks, does not."""
        return Target(
            intake=self._at(SENDER),
            alerting=tuple(self._at(f"person-{name}") for name in self.alertings),
            reporting=self._at(MONITOR),
            keys=given.KEYS,
            sources={scope: SOURCE.format(scope=scope) for scope in Scope},
            admin_token=given.ADMIN,
            bootstrap=tuple(self.kafka.bootstrap_servers),
            database_url=self.postgres.url,
            phones_port=self.ports["phones"],
            phones_url=self._at(PHONES),
            groups=(*self.alertings, "reporting"),
            ready={name: self.ready_url(name, self.ports[name]) for name in self.services},
        )

    def shape(self, poisons: Sequence[str] = ()) -> Shape:
        """What of this can fail, for a schedule to be drawn; only what this machine allows."""
        return Shape(
            services=self.services,
            brokers=self.brokers,
            roads=tuple(that_fail({name: link.doors for name, link in self.links.items()})),
            poisons=tuple(poisons),
            clocks=clocks.library() is not None,
            small_disk=self.disk is not None,
        )

    async def healed(self, within: float = HEALED_WITHIN_S) -> None:
        """Return once every link is up, every part runs and serves, and every broker has what it should have."""
        async with asyncio.timeout(within):
            await self.network.order(self.network.doors, Mode.UP)
            await self.keeper.revived(list(self.parts), within)
            await self.replicated()

    async def replicated(self) -> None:
        """Return once every topic is there, and every broker has of each partition what it should have."""
        await topics.create(self.kafka.bootstrap_servers, self.partitions, len(self.brokers), self.min_insync)

    @property
    def min_insync(self) -> int:
        """How many brokers must have a record before it is acknowledged: all but one."""
        return max(1, len(self.brokers) - 1)

    def log_of(self, name: str) -> Path:
        """Where a process of the product writes."""
        return self.folder / "logs" / f"{name}.log"

    def ready_url(self, name: str, port: int) -> str:
        """Where a service says that it serves, past the proxies."""
        kind = name.partition("-")[0]
        return f"http://{HOST}:{port}/{given.PREFIX.get(kind, kind)}/readyz"

    def service(self, role: str, name: str, port: int) -> Service:
        """A process in the role of a service: `alerting-a` is replica a. Its roads are those of the role."""
        kind, _, letter = role.partition("-")
        told = given.settings(
            kind, port,
            bootstrap=[f"{HOST}:{door.port}" for door in self.links[f"{role}-kafka"].doors],
            database_url=self.postgres.url.replace(
                f":{self.postgres.port}/", f":{self.links[f'{role}-postgres'].doors[0].port}/"
            ),
            campus=self.folder / "campus.yaml",
            base_url=self._at(PERSON),
        )  # fmt: skip
        if letter:
            told["ALERTING_REPLICA"] = letter
        told |= {host.MODULE: f"services.{kind}", **self.clocks[role].environment(), **self._environment.get(role, {})}
        module = self._module_of.get(role, HOSTED)
        return Service(Plan(name, module, self.log_of(name), told, self.ready_url(name, port)))

    def _at(self, road: str) -> str:
        return f"http://{HOST}:{self.links[road].doors[0].port}"

    async def _make_topics(self) -> None:
        await self.kafka.ready()
        await self.replicated()

    async def _make_schemas(self) -> None:
        await self.postgres.ready()
        await given.schemas_and_keys(self.postgres.url)

    async def _stop_services(self) -> None:
        """Side by side; what is frozen or cut off would take its full time."""
        with suppress(OSError, TimeoutError):
            await self.network.order(self.network.doors, Mode.UP)
        for part in self.parts.values():
            part.process.send(signal.SIGCONT)
        await asyncio.gather(*(service.stop() for service in self._services.values()))
        clocks.sweep()

    async def _stop_ground(self) -> None:
        await asyncio.gather(self.kafka.stop(), self.postgres.stop())


async def _together(*doings: Coroutine[None, None, None]) -> None:
    """Side by side; when one fails nothing of the others goes on."""
    try:
        async with asyncio.TaskGroup() as group:
            for doing in doings:
                group.create_task(doing)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
