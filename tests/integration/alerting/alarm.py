"""A running alerting service, the people who ask it, and an alarm that pages three of them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import TopicPartition
from pydantic import SecretStr

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from services.alerting import app
from services.alerting.settings import Settings
from shared import auth, clock, topics
from shared.auth import Auth
from shared.events import IncidentReported, Location, Source
from shared.publish import Publisher
from shared.wire import encode
from shared.words import Category, Confidentiality, Kind, Severity

REPLICA = "t"
TOKEN = "the admin token of these tests"
ROLES = {
    "anna": "responder", "bert": "responder", "operator": "operator", "auditor": "auditor",
    "adviser": "confidential_adviser", "finn": "responder",
}  # fmt: skip
MEMBERS = {"anna": ["lead"], "bert": [], "cees": []}
ADVISER = "dora"
REMOVED = "finn"  # his account says that he is a member, and nobody knows him any more


@dataclass(frozen=True)
class Alarm:
    """What the places in the tables stand for."""

    alert: UUID
    secret: UUID
    page: UUID
    secret_page: UUID
    shelf: UUID

    def filled(self, text: str) -> str:
        """The text with ids in its places."""
        places = {"alert": self.alert, "secret": self.secret, "page": self.page, "secret_page": self.secret_page,
                  "shelf": self.shelf, "unknown": uuid4()}  # fmt: skip
        for name, value in places.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text


@dataclass
class Product:
    """The service over HTTP, as each of the people."""

    http: httpx.AsyncClient
    publisher: Publisher
    auth: Auth
    cookies: dict[str, str]
    database_url: str

    async def ask(
        self, who: str, method: str, path: str, content: bytes | None = None, alarm: Alarm | None = None, **more: str
    ) -> httpx.Response:
        """A request of somebody; `more` are headers of his browser's."""
        headers = more | ({"content-type": "application/json"} if content is not None else {})
        query = {}
        match who:
            case "nobody":
                pass
            case "token":
                headers["authorization"] = f"Bearer {TOKEN}"
            case "link":
                assert alarm is not None
                query["token"] = self.auth.sign(alarm.page)
            case _:
                headers["cookie"] = f"{auth.COOKIE}={self.cookies[who]}"
        url = httpx.URL(f"/alerting/v1{path}").copy_merge_params(query)
        return await self.http.request(method, url, content=content, headers=headers)

    async def alarm(self) -> Alarm:
        """Put the people, report a fire and something confidential, wait for both alerts."""
        await self._people()
        fire = await self.report(Kind.FIRE_ALARM, "HORST", Confidentiality.INTERNAL)
        secret = await self.report(Kind.SOCIAL_SAFETY, None, Confidentiality.CONFIDENTIAL)
        shelf = await self.ask("token", "POST", "/shelved", b'{"source": "panel/7", "for_s": 60, "reason": "A test"}')
        page, secret_page = await self._page(fire, "anna"), await self._page(secret, ADVISER)
        return Alarm(fire, secret, page, secret_page, UUID(shelf.json()["shelf_id"]))

    async def end(self, alarm: Alarm) -> None:
        """Close both alerts and remove who was added."""
        for alert in (alarm.alert, alarm.secret):
            await self.ask("token", "POST", f"/alerts/{alert}/close", b'{"reason": "The test is over"}')
        await self.ask("token", "DELETE", "/members/carol")
        for shelf in (await self.ask("token", "GET", "/shelved")).json()["items"]:
            await self.ask("token", "DELETE", f"/shelved/{shelf['shelf_id']}")

    async def _page(self, alert_id: UUID, member: str) -> UUID:
        whole = (await self.ask("token", "GET", f"/alerts/{alert_id}")).json()
        return next(UUID(page["page_id"]) for page in whole["pages"] if page["member_id"] == member)

    async def _people(self) -> None:
        for member, functions in (MEMBERS | {ADVISER: []}).items():
            team = "confidential" if member == ADVISER else "bhv-horst"
            body = {"name": member.title(), "teams": [team], "functions": functions,
                    "channels": [{"kind": "tablet", "address": member}]}  # fmt: skip
            answer = await self.ask("token", "PUT", f"/members/{member}", json.dumps(body).encode())
            assert answer.is_success, answer.text
            answer = await self.ask("token", "PUT", f"/members/{member}/presence", b'{"building": "HORST"}')
            assert answer.is_success, answer.text

    async def report(self, kind: Kind, building: str | None, secrecy: Confidentiality) -> UUID:
        """As intake publishes it; the id of the alert it opens."""
        now = clock.now()
        incident = IncidentReported(
            incident_id=uuid4(), kind=kind, category=Category.BUILDINGS_LABS, severity=Severity.SEVERE,
            occurred_at=now, received_at=now, location=Location(building=building),
            source=Source(system="test", device="12" if building else None), confidentiality=secrecy,
        )  # fmt: skip
        key = building or topics.NO_BUILDING
        await self.publisher.publish(encode(topics.for_kind(kind).name, key, incident, "intake"))
        for _ in range(200):
            items = (await self.ask("token", "GET", "/alerts")).json()["items"]
            for item in items:
                if str(incident.incident_id) in item["incident_ids"]:
                    return UUID(item["alert_id"])
            await asyncio.sleep(0.02)
        raise AssertionError("no alert was opened")


@contextlib.asynccontextmanager
async def product_on(kafka: Kafka, postgres: Postgres, folder: Path) -> AsyncIterator[Product]:
    """The service from its start to its end; it consumes what is published from now on."""
    await from_now_on(kafka, f"alerting-{REPLICA}")
    async with database(postgres) as url:
        settings = Settings(
            kafka_bootstrap_servers=",".join(kafka.bootstrap_servers), database_url=url, alerting_replica=REPLICA,
            meldkamer_campus=Path("deploy/campus"), meldkamer_admin_token=SecretStr(TOKEN),
            meldkamer_secret=SecretStr("a secret of these tests, long enough to sign"),
            meldkamer_accounts=_accounts(folder),
        )  # fmt: skip
        people = Auth(settings)
        cookies = {name: people.log_in(name, name) or "" for name in ROLES}
        service = app.build(settings)
        publisher = Publisher(settings.bootstrap, "test")
        running = asyncio.create_task(publisher.run())
        transport = httpx.ASGITransport(app=service)
        try:
            async with (
                service.router.lifespan_context(service),
                httpx.AsyncClient(transport=transport, base_url="http://campus.test", timeout=10) as http,
            ):
                await _ready(http, publisher)
                yield Product(http, publisher, people, cookies, url)
        finally:
            running.cancel()
            await asyncio.wait([running])


async def _ready(http: httpx.AsyncClient, publisher: Publisher) -> None:
    for _ in range(300):
        if (await http.get("/alerting/readyz")).status_code == 200 and publisher.not_ready is None:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("alerting is not ready")


async def from_now_on(kafka: Kafka, group: str) -> None:
    """What other tests published is nothing to this group: commit the ends of the topics as its offsets."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    found = await admin.describe_topics(list(topics.of_consumer("alerting")))
    await admin.close()
    partitions = [TopicPartition(topic["topic"], p["partition"]) for topic in found for p in topic["partitions"]]
    assert len({partition.topic for partition in partitions}) == len(topics.of_consumer("alerting"))
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, group_id=group, enable_auto_commit=False
    ) as consumer:
        consumer.assign(partitions)
        await consumer.commit(await consumer.end_offsets(partitions))


@contextlib.asynccontextmanager
async def database(postgres: Postgres) -> AsyncIterator[str]:
    """A copy of the migrated template for the whole module."""
    name = f"alerting_{uuid4().hex[:12]}"
    owner = await asyncpg.connect(postgres.url)
    try:
        await owner.execute(f'CREATE DATABASE "{name}" TEMPLATE meldkamer_template')
        yield postgres.url.rsplit("/", 1)[0] + f"/{name}"
        await owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await owner.close()


def _accounts(folder: Path) -> Path:
    """Everybody with the name as the password; responders are members."""
    rows = [
        {"username": name, "password_hash": auth.hash_password(name), "role": role,
         "member_id": name if name in {*MEMBERS, REMOVED} else None}
        for name, role in ROLES.items()
    ]  # fmt: skip
    file = folder / "accounts.json"
    file.write_text(json.dumps(rows))
    return file
