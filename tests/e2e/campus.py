"""The language of the stories: people, what a panel reports, what is expected of an alert."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from shared.campus import Scope
from tests.e2e import grounds
from tests.e2e.exchange import Exchange
from tests.e2e.phone import Phone
from tests.e2e.product import Product, Reply
from tests.e2e.times import now, until

QUIET_S = 0.15  # how long a story listens after its end for what nobody expected
SEEN_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Crew:
    """People of one team: the lead first."""

    phones: tuple[Phone, ...]

    @property
    def lead(self) -> Phone:
        """Who is trained to lead."""
        return self.phones[0]

    @property
    def others(self) -> tuple[Phone, ...]:
        """Everybody but the lead."""
        return self.phones[1:]

    async def expect_page(self, **expected: Any) -> None:
        """Everybody of the crew is paged, as `Phone.expects_page` says."""
        await asyncio.gather(*(phone.expects_page(**expected) for phone in self.phones))

    async def expect(self, type_: str, **expected: Any) -> None:
        """Everybody of the crew gets this message, as `Phone.expects` says."""
        await asyncio.gather(*(phone.expects(type_, **expected) for phone in self.phones))

    async def answer(self, answer: str) -> datetime:
        """All answer one after the other; the moment the last one does."""
        asked = now()
        for phone in self.phones:
            asked = await phone.answers(answer)
        return asked

    def expects_nothing_more(self) -> None:
        """Nobody got anything that was not expected."""
        for phone in self.phones:
            phone.expects_nothing_more()


class Campus:
    """One story's house with its two buddies, nobody else's."""

    def __init__(self, product: Product, exchange: Exchange, home: str) -> None:
        self.product = product
        self.home, self.buddy, self.second_buddy = home, home + grounds.NORTH, home + grounds.SOUTH
        self._exchange = exchange
        self._members: list[str] = []

    async def crew(self, others: int = 2, building: str = "", lead: bool = True) -> Crew:
        """BHV members present in a building, ours when none is named; without a lead, all are `others`."""
        code = building or self.home
        trained = [["lead", "first_aid"]] * lead + [[] for _ in range(others)]
        people = [
            self.person(f"{code.lower()}-{n}", [f"bhv-{code.lower()}"], functions, code)
            for n, functions in enumerate(trained)
        ]
        return Crew(tuple(await asyncio.gather(*people)))

    async def team(self, team: str, size: int = 1) -> Crew:
        """People of a team that has no building; they leave it when the story ends."""
        names = [f"{self.home.lower()}-{team}-{n}" for n in range(size)]
        return Crew(tuple(await asyncio.gather(*(self.person(name, [team]) for name in names))))

    async def person(
        self, name: str, teams: Sequence[str], functions: Sequence[str] = (), building: str | None = None
    ) -> Phone:
        """Somebody with a phone, present in a building when one is named."""
        phone = self._exchange.phone(name)
        self._members.append(name)
        member = {
            "name": name,
            "language": "en",
            "teams": list(teams),
            "functions": list(functions),
            "channels": [{"kind": "webhook", "address": phone.address}],
        }
        reply = await self.product.call("PUT", "alerting", f"/v1/members/{name}", member)
        assert reply.status == 201, reply
        if building is not None:
            await self.is_present(phone, building)
        return phone

    async def is_present(self, phone: Phone, building: str | None) -> None:
        """Somebody says where he is; None is not here."""
        path = f"/v1/members/{phone.member_id}/presence"
        reply = await self.product.call("PUT", "alerting", path, {"building": building})
        assert reply.status == 200, reply

    async def press(self, device: str = "button 1", event: str = "alarm", building: str = "", **more: Any) -> "Alarm":
        """A device of the fire panel reports, from our house when no other is named."""
        code = building or self.home
        body = {"device": device, "building": code, "event": event, **more}
        return await self._reported("/fire-alarms", body, Scope.FIRE, code)

    async def reports(self, kind: str, building: str = "", **more: Any) -> "Alarm":
        """Somebody reports any incident."""
        code = building or self.home
        body = {"kind": kind, "location": {"building": code}, **more}
        return await self._reported("/incidents", body, Scope.GENERAL, code)

    async def open_alerts(self) -> "list[Alert]":
        """Those of our house."""
        return await open_alerts(self.product, self.home)

    async def shown_building(self) -> dict[str, Any]:
        """Our house as the monitor has it."""
        buildings = (await self.product.get("reporting", "/v1/buildings"))["items"]
        return next(building for building in buildings if building["code"] == self.home)

    async def asks(self, external_id: str) -> Reply:
        """A panel tries to report an alarm in our house; what intake says."""
        body = {"device": "button 1", "building": self.home, "event": "alarm", "external_id": external_id}
        return await self.product.report("/fire-alarms", body, Scope.FIRE)

    async def ends(self) -> None:
        """Nothing unexpected happened; alerts are closed and people gone, so that no other story meets them."""
        await asyncio.sleep(QUIET_S)
        unexpected = self._exchange.end_of_duty() + self.product.logs.unexpected()
        for building in (self.home, self.buddy, self.second_buddy):
            for alert in await open_alerts(self.product, building):
                await alert.close()
        path = "/v1/members/"
        await asyncio.gather(*(self.product.call("DELETE", "alerting", path + name) for name in self._members))
        assert unexpected == []

    async def _reported(self, path: str, body: dict[str, Any], scope: Scope, building: str) -> "Alarm":
        pressed_at = now()
        reply = await self.product.report(path, body, scope)
        assert reply.status == 202, reply
        assert reply.body["status"] == "published", reply
        return Alarm(self.product, reply.body["incident_id"], building, pressed_at)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An accepted incident."""

    product: Product
    incident_id: str
    building: str
    pressed_at: datetime

    async def alert(self) -> "Alert":
        """The alert that holds it, once there is one."""
        found: list[Alert] = []

        async def there() -> bool:
            items = (await self.product.get("alerting", f"/v1/alerts?building={self.building}"))["items"]
            found.extend(Alert(self.product, i["alert_id"]) for i in items if self.incident_id in i["incident_ids"])
            return bool(found)

        await until(there, SEEN_WITHIN_S)
        return found[0]


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert, looked at over HTTP."""

    product: Product
    alert_id: str

    async def look(self) -> dict[str, Any]:
        """As it stands."""
        alert: dict[str, Any] = await self.product.get("alerting", f"/v1/alerts/{self.alert_id}")
        return alert

    async def expects(self, within: float = 1.0, **fields: Any) -> dict[str, Any]:
        """It becomes so within so many seconds; as it stands then."""
        seen: dict[str, Any] = {}

        async def so() -> bool:
            seen.update(await self.look())
            return all(seen[name] == value for name, value in fields.items())

        try:
            await until(so, within)
        except TimeoutError:
            raise AssertionError(f"expected {fields}, it is { {name: seen[name] for name in fields} }") from None
        return seen

    async def deadline(self) -> datetime:
        """When the present step ends."""
        return datetime.fromisoformat((await self.look())["next_step_at"])

    async def reasons(self, event: str) -> list[str]:
        """Why, for each line of the timeline that tells of this event."""
        return [line["reason"] for line in (await self.look())["timeline"] if line["event"] == event]

    async def when(self, event: str) -> datetime:
        """When the last line of this event was written."""
        lines = [line["at"] for line in (await self.look())["timeline"] if line["event"] == event]
        return datetime.fromisoformat(lines[-1])

    async def is_shown(self, within: float = SEEN_WITHIN_S) -> dict[str, Any]:
        """As the monitor has it, once that is as new as alerting's own; its pages travel by a topic of their own."""
        shown: dict[str, Any] = {}

        async def there() -> bool:
            own = await self.look()
            reply = await self.product.call("GET", "reporting", f"/v1/alerts/{self.alert_id}")
            shown.update(reply.body)
            return reply.status == 200 and shown["version"] == own["version"] and answers(shown) == answers(own)

        def answers(alert: dict[str, Any]) -> dict[str, str | None]:
            return {page["page_id"]: page["answer"] for page in alert["pages"]}

        await until(there, within)
        return shown

    async def close(self) -> None:
        """An operator closes it."""
        path = f"/v1/alerts/{self.alert_id}/close"
        reply = await self.product.call("POST", "alerting", path, {"reason": "end of the story"})
        assert reply.status == 200, reply


async def open_alerts(product: Product, building: str) -> list[Alert]:
    """Those of a building that are not closed."""
    found = await product.get("alerting", f"/v1/alerts?building={building}")
    return [Alert(product, item["alert_id"]) for item in found["items"] if item["state"] != "closed"]


def new_name() -> str:
    """A name of an event that no source has used."""
    return uuid4().hex
