"""The product as a script sees it: reports, alerts, answers. A service that is away is asked again until it answers."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, JsonValue

from deploy.demo.settings import Access
from shared.words import AlertState, Answer, PageState

log = logging.getLogger(__name__)
BUSY = (408, 425, 429, 500, 502, 503, 504)
BACKOFF_S = (0.25, 5.0)


class Unexpected(Exception):
    """The product refused for good what the demonstration asked; the text says what."""


class Seen(BaseModel):
    """Part of an answer; fields that are not needed here are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class PageSeen(Seen):
    """A page of an alert."""

    page_id: UUID
    member_id: str
    member: str
    team: str
    functions: tuple[str, ...] = ()
    step: int
    state: PageState
    answer: Answer | None


class AlertSeen(Seen):
    """An alert; a list leaves its pages out."""

    alert_id: UUID
    plan: str
    state: AlertState
    building: str | None
    step: int
    incident_ids: tuple[UUID, ...]
    pages: tuple[PageSeen, ...] = ()


class BuildingSeen(Seen):
    """A building of the campus file."""

    code: str
    name: str


class Product:
    """Speaks as its sources (their keys) and as an operator (the admin token)."""

    def __init__(self, access: Access, http: httpx.AsyncClient) -> None:
        self._access = access
        self._http = http

    async def report(self, path: str, scope: str, body: Mapping[str, JsonValue]) -> list[UUID]:
        """Report as a source does, until it is acknowledged; the incidents it became."""
        answer = await self.ask("POST", f"/intake/v1/{path}", body, self._access.source_keys[scope])
        taken = answer.json()
        return [UUID(item["incident_id"]) for item in (taken if isinstance(taken, list) else [taken])]

    async def buildings(self) -> Sequence[BuildingSeen]:
        """The buildings of the campus."""
        items = (await self.ask("GET", "/monitor/v1/buildings")).json()["items"]
        return [BuildingSeen.model_validate(item) for item in items]

    async def open_alerts(self) -> list[AlertSeen]:
        """The newest alerts that are not closed, without their pages."""
        items = (await self.ask("GET", "/alerting/v1/alerts")).json()["items"]
        alerts = [AlertSeen.model_validate(item) for item in items]
        return [alert for alert in alerts if alert.state is not AlertState.CLOSED]

    async def alert(self, alert_id: UUID) -> AlertSeen:
        """One alert with its pages."""
        return AlertSeen.model_validate((await self.ask("GET", f"/alerting/v1/alerts/{alert_id}")).json())

    async def name_of(self, incident_id: UUID) -> str:
        """The name its source gave an incident; empty when it has none or is not to be seen."""
        try:
            incident = (await self.ask("GET", f"/monitor/v1/incidents/{incident_id}")).json()
        except Unexpected:
            return ""
        return str(incident["source"].get("external_id") or "")

    async def receive(self, page: PageSeen) -> None:
        """What a tablet sends when it shows a page."""
        await self.ask("POST", f"/alerting/v1/pages/{page.page_id}/receipt")

    async def answer(self, page: PageSeen, answer: Answer, eta_s: int | None = None) -> None:
        """Answer for a member, as an operator may."""
        body: dict[str, JsonValue] = {"answer": answer.value}
        await self.ask("POST", f"/alerting/v1/pages/{page.page_id}/answer", body | ({"eta_s": eta_s} if eta_s else {}))

    async def close(self, alert_id: UUID, reason: str) -> None:
        """Close an alert."""
        await self.ask("POST", f"/alerting/v1/alerts/{alert_id}/close", {"reason": reason})

    async def ask(
        self, method: str, path: str, body: Mapping[str, JsonValue] | None = None, token: str | None = None
    ) -> httpx.Response:
        """A good answer, however long that takes; Unexpected when it is a refusal that asking again does not change."""
        pause = BACKOFF_S[0]
        while True:
            headers = {"Authorization": f"Bearer {token or self._access.admin_token}"}
            try:
                answer = await self._http.request(method, path, json=body, headers=headers)
            except httpx.TransportError as error:
                log.info("%s %s: %s", method, path, type(error).__name__)
            else:
                if answer.is_success:
                    return answer
                if answer.status_code not in BUSY:
                    raise Unexpected(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            await asyncio.sleep(pause)
            pause = min(pause * 2, BACKOFF_S[1])
