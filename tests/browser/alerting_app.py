"""A real alerting, as a process of its own on a real broker and database."""

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

import httpx
from pydantic import SecretStr

from deploy.embedded.ports import free_ports
from deploy.embedded.process import Command, Process
from shared import auth, clock, topics
from shared.auth import Auth
from shared.events import IncidentReported
from shared.publish import Publisher
from shared.settings import Common
from shared.wire import encode

ADMIN = "browser-tests"
SECRET = "browser-tests-sign-with-this-secret"
PASSWORD = "correct horse"
REPLICA = "r"
READY_S = 20.0


class AlertingApp:
    """One process of alerting, on a broker and a database that nobody else tells anything."""

    def __init__(self, folder: Path, bootstrap: list[str], database_url: str) -> None:
        self._folder = folder
        self._bootstrap = bootstrap
        self._database_url = database_url
        self.port = free_ports(1)[0]
        self.url = f"http://localhost:{self.port}"
        self._process: Process | None = None
        self._publisher = Publisher(bootstrap, "browser-tests")
        self._publishing: asyncio.Task[None] | None = None
        self.http = httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {ADMIN}"}, timeout=5)
        self.auth = Auth(Common(meldkamer_secret=SecretStr(SECRET), meldkamer_base_url=self.url))

    async def open(self, members: list[str]) -> None:
        """Accounts for these members, then the process."""
        hashed = auth.hash_password(PASSWORD)
        rows = [{"username": m, "password_hash": hashed, "role": "responder", "member_id": m} for m in members]
        rows.append({"username": "olga", "password_hash": hashed, "role": "operator"})
        (self._folder / "accounts.json").write_text(json.dumps(rows))
        self._publishing = asyncio.create_task(self._publisher.run())
        await self.start()

    async def start(self) -> None:
        """Start the process and wait until it is ready."""
        self._process = Process(
            Command([sys.executable, "-m", "services.alerting"], self._folder / "alerting.log", self._environment())
        )
        async with asyncio.timeout(READY_S):
            while True:
                if await self._ready():
                    return
                await asyncio.sleep(0.1)

    async def stop(self, within: float = 6.0) -> float:
        """Ask the process to end; returns the seconds that took."""
        started = clock.monotonic()
        if self._process:
            await self._process.stop(grace=within)
        return clock.monotonic() - started

    async def close(self) -> None:
        """End everything."""
        await self.stop()
        await self.http.aclose()
        if self._publishing:
            self._publishing.cancel()
            await asyncio.wait([self._publishing])

    async def publish(self, incident: IncidentReported) -> None:
        """An incident arrives on the topic of fires."""
        building = incident.location.building or topics.NO_BUILDING
        await self._publisher.publish(encode(topics.FIRE.name, building, incident, "intake"))

    def link(self, page_id: str) -> str:
        """The signed link that a pager gets."""
        return self.auth.answer_url(UUID(page_id))

    async def _ready(self) -> bool:
        try:
            return (await self.http.get("/alerting/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    def _environment(self) -> dict[str, str]:
        return {
            "KAFKA_BOOTSTRAP_SERVERS": ",".join(self._bootstrap),
            "DATABASE_URL": self._database_url,
            "ALERTING_PORT": str(self.port),
            "ALERTING_REPLICA": REPLICA,
            "MELDKAMER_BASE_URL": self.url,
            "MELDKAMER_ADMIN_TOKEN": ADMIN,
            "MELDKAMER_SECRET": SECRET,
            "MELDKAMER_ACCOUNTS": str(self._folder / "accounts.json"),
        }
