"""A building, its emergency team on tablets, and what happens there: the vocabulary of the responder's stories."""

import asyncio
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

from shared import clock, ids
from shared.events import IncidentReported, Location, Source
from shared.words import Category, Kind, Severity
from tests.browser.alerting_app import PASSWORD, AlertingApp

PATIENCE_S = 8.0


@dataclass(frozen=True)
class Crew:
    """`members` are BHV of `building`, present, the first a lead; `name` is the building's in English."""

    app: AlertingApp
    building: str
    name: str
    members: tuple[str, ...]

    async def assemble(self) -> None:
        """Put the members into alerting, where they are."""
        for number, member in enumerate(self.members):
            body = {
                "name": member.replace("-", " ").title(),
                "language": "en",
                "teams": [f"bhv-{self.building.lower()}"],
                "functions": ["lead"] if number == 0 else [],
                "channels": [{"kind": "tablet", "address": f"tablet-{member}"}],
            }
            (await self.app.http.put(f"/alerting/v1/members/{member}", json=body)).raise_for_status()
            await self.goes_to(member, self.building)

    async def dissolve(self) -> None:
        """Close what is open and send everybody away, so that the next story starts on a calm campus."""
        for alert in await self._alerts():
            await self.app.http.post(f"/alerting/v1/alerts/{alert['alert_id']}/close", json={"reason": "end of test"})
        for member in self.members:
            await self.goes_to(member, None)

    async def goes_to(self, member: str, building: str | None) -> None:
        """The member is elsewhere now."""
        there = {"building": building}
        (await self.app.http.put(f"/alerting/v1/members/{member}/presence", json=there)).raise_for_status()

    async def fire(self, zone: str = "1", room: str | None = None, *, drill: bool = False) -> None:
        """An automatic fire alarm; returns when the first page of it exists."""
        now = clock.now()
        await self.app.publish(
            IncidentReported(
                incident_id=ids.incident_id("browser-tests", f"{self.building}-{zone}-{now.timestamp()}"),
                kind=Kind.FIRE_ALARM,
                category=Category.BUILDINGS_LABS,
                severity=Severity.EXTREME,
                occurred_at=now,
                received_at=now,
                location=Location(building=self.building, floor="2", room=room, zone=zone),
                source=Source(system="fire-panel", device=f"detector {zone}"),
                title=f"Smoke detector in zone {zone}",
                dedup_key=f"{self.building}-{zone}",
                drill=drill,
            )
        )
        await self.alert()

    async def alert(self) -> dict[str, Any]:
        """The newest alert of the building, whole, as soon as there is one."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if found := await self._alerts():
                    whole: dict[str, Any] = (
                        await self.app.http.get(f"/alerting/v1/alerts/{found[0]['alert_id']}")
                    ).json()
                    return whole
                await asyncio.sleep(0.05)

    async def page(self, member: str) -> dict[str, Any]:
        """A member's page."""
        pages: list[dict[str, Any]] = (await self.alert())["pages"]
        return next(page for page in pages if page["member_id"] == member)

    async def until(self, member: str, **wanted: Any) -> dict[str, Any]:
        """The member's page once its fields are these."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = await self.page(member)
                if all(page[field] == value for field, value in wanted.items()):
                    return page
                await asyncio.sleep(0.05)

    async def answers(self, member: str, answer: str) -> None:
        """Somebody answers, not on the tablet that the test looks at."""
        page_id = (await self.page(member))["page_id"]
        (await self.app.http.post(f"/alerting/v1/pages/{page_id}/answer", json={"answer": answer})).raise_for_status()

    async def operator(self, action: str, **body: Any) -> None:
        """What an operator does to the alert."""
        url = f"/alerting/v1/alerts/{(await self.alert())['alert_id']}/{action}"
        (await self.app.http.post(url, json=body or None)).raise_for_status()

    async def link(self, member: str) -> str:
        """The signed link that a pager of this member gets."""
        return self.app.link((await self.page(member))["page_id"])

    async def log_in(self, tab: Page, member: str) -> None:
        """By the log-in page, and on to the tablet."""
        await tab.goto(f"{self.app.url}/alerting/respond")
        await tab.get_by_label("User name").fill(member)
        await tab.get_by_label("Password").fill(PASSWORD)
        await tab.get_by_role("button", name="Log in").click()
        await tab.wait_for_url("**/alerting/respond")

    async def _alerts(self) -> list[dict[str, Any]]:
        answer = await self.app.http.get("/alerting/v1/alerts", params={"building": self.building})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["items"]
        return [alert for alert in found if alert["state"] != "closed"]
