"""The real product for stories: its own Kafka and PostgreSQL, each service a process, reached over HTTP alone."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from deploy.embedded.kafka import Kafka
from deploy.embedded.ports import free_ports
from deploy.embedded.postgres import Postgres
from deploy.embedded.service import Plan, Service
from shared import topics
from shared.campus import Scope
from tests.e2e import given, grounds
from tests.e2e.given import ADMIN, KEYS, PREFIX
from tests.e2e.logs import Logs

PARTITIONS = 3
Json = Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service answered."""

    status: int
    headers: Mapping[str, str]
    body: Json


class Product:
    """Started once; stories kill and restart its parts, and `whole` mends what a story left broken."""

    def __init__(self, folder: Path, campus: str | None = None, partitions: int = PARTITIONS) -> None:
        self.folder = folder
        self.partitions = partitions
        self.kafka = Kafka(folder / "kafka")
        self.postgres = Postgres(folder / "postgres", say=lambda _: None)
        (folder / "logs").mkdir()
        (folder / "campus.yaml").write_text(campus or grounds.campus_file())
        self.logs = Logs(folder / "logs")
        names = ("intake", "alerting", "reporting", "alerting-b")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.intake = self._service("intake")
        self.alerting = self._service("alerting")
        self.reporting = self._service("reporting")
        self.alerting_b = self._service("alerting", "alerting-b", {"ALERTING_REPLICA": "b"})
        self.second_runs = False
        self._http: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Parts, topics, schemas, keys, services."""
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        await asyncio.gather(self.kafka.start(), self.postgres.start())
        await asyncio.gather(self._make_topics(), self._make_schemas())
        await self.whole()

    async def whole(self) -> None:
        """Everything runs that belongs to a run; the second replica does not."""
        self.second_runs = False
        await asyncio.gather(self.kafka.start(), self.postgres.start(), self.alerting_b.stop())
        await asyncio.gather(self.kafka.ready(), self.postgres.ready())
        for service in self.services:
            await service.start()
        await asyncio.gather(*(service.ready() for service in self.services))

    @property
    def broken(self) -> bool:
        """Whether a story left something dead, or the second replica alive."""
        parts = [self.kafka.process(), self.postgres.process, *(service.process for service in self.services)]
        return self.second_runs or not all(part.running for part in parts)

    async def stop(self) -> None:
        """Services first, then what they stand on."""
        await asyncio.gather(*(service.stop() for service in (*self.services, self.alerting_b)))
        await asyncio.gather(self.kafka.stop(), self.postgres.stop())
        if self._http:
            await self._http.close()

    @property
    def services(self) -> tuple[Service, ...]:
        """The processes of a run."""
        return self.intake, self.alerting, self.reporting

    async def start_second_replica(self) -> None:
        """Alerting b, in a consumer group of its own."""
        self.second_runs = True
        await self.restart(self.alerting_b)

    async def restart(self, service: Service) -> None:
        """Start a killed process again and wait until it is ready."""
        await service.start()
        await service.ready()

    async def report(self, path: str, body: Json, scope: Scope = Scope.GENERAL) -> Reply:
        """A source posts to intake with its key."""
        return await self._ask("POST", self.url("intake", f"/v1{path}"), body, KEYS[scope])

    async def call(self, method: str, service: str, path: str, body: Json = None, token: str = ADMIN) -> Reply:
        """A person's request, with the admin's token unless another is given."""
        return await self._ask(method, self.url(service, path), body, token)

    async def get(self, service: str, path: str) -> Json:
        """What a person reads; it must be there."""
        reply = await self.call("GET", service, path)
        assert reply.status == HTTPStatus.OK, reply
        return reply.body

    def url(self, service: str, path: str) -> str:
        """Where a service answers."""
        prefix = PREFIX.get(service, service.partition("-")[0])
        return f"http://127.0.0.1:{self.ports[service]}/{prefix}{path}"

    async def _ask(self, method: str, url: str, body: Json, token: str) -> Reply:
        assert self._http is not None
        headers = {"Authorization": f"Bearer {token}"}
        async with self._http.request(method, url, json=body, headers=headers) as answer:
            text = await answer.text()
            read = await answer.json(content_type=None) if text else None
            return Reply(answer.status, answer.headers, read)

    async def _make_topics(self) -> None:
        await self.kafka.ready()
        await topics.create(self.kafka.bootstrap_servers, self.partitions)

    async def _make_schemas(self) -> None:
        await self.postgres.ready()
        await given.schemas_and_keys(self.postgres.url)

    def _service(self, module: str, name: str = "", more: Mapping[str, str] | None = None) -> Service:
        name = name or module
        told = given.settings(
            module,
            self.ports[name],
            bootstrap=self.kafka.bootstrap_servers,
            database_url=self.postgres.url,
            campus=self.folder / "campus.yaml",
            base_url=f"http://127.0.0.1:{self.ports['alerting']}",
        )
        log = self.folder / "logs" / f"{name}.log"
        return Service(Plan(name, f"services.{module}", log, told | dict(more or {}), self.url(name, "/readyz")))
