"""A steady stream of incidents, each an alert of its own that pages a team, and what must be true of it afterwards."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from tests.e2e.campus import Crew, new_name
from tests.e2e.product import Product
from tests.e2e.times import now, until

AT_ONCE_LISTED = 500


@dataclass(slots=True)
class Load:
    """What was sent and what intake said: when it accepted which incident, and which names it refused."""

    product: Product
    accepted: dict[str, datetime] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    async def run(self, seconds: float, rate: int) -> None:
        """One incident every 1/rate seconds, whatever the answers take."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as reports:
            for number in range(int(seconds * rate)):
                await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
                reports.create_task(self._report(new_name()))

    async def _report(self, name: str) -> None:
        """From a building of its own that no campus file knows, so that it opens an alert of its own."""
        body = {"kind": "power", "location": {"building": f"X{name[:12]}"}, "source": {"external_id": name}}
        reply = await self.product.report("/incidents", body)
        if reply.status == HTTPStatus.ACCEPTED:
            self.accepted[reply.body["incident_id"]] = now()
        else:
            assert reply.status == HTTPStatus.SERVICE_UNAVAILABLE, reply
            self.refused.append(name)

    async def is_on_the_monitor(self, within: float) -> dict[str, str]:
        """Every accepted incident is, with its alert; TimeoutError when one is not within so many seconds."""
        seen: dict[str, str] = {}

        async def all_there() -> bool:
            seen.update(await alerts_of_incidents(self.product, "power"))
            return seen.keys() >= self.accepted.keys()

        await until(all_there, within, every=0.2)
        return {incident: seen[incident] for incident in self.accepted}


async def alerts_of_incidents(product: Product, kind: str) -> dict[str, str]:
    """All incidents of a kind that the monitor shows with an alert: the alert of each."""
    found: dict[str, str] = {}
    path = f"/v1/incidents?kind={kind}&limit={AT_ONCE_LISTED}"
    cursor: str | None = ""
    while cursor is not None:
        page = await product.get("reporting", path + (f"&cursor={cursor}" if cursor else ""))
        found |= {item["incident_id"]: item["alert_id"] for item in page["items"] if item["alert_id"]}
        cursor = page["next"]
    return found


async def is_paged(crew: Crew, alerts: Iterable[str], within: float, crashes: int = 0) -> None:
    """Each of the crew is paged for each alert, and for none by a second page; a crash may repeat a page once."""
    wanted = set(alerts)
    for phone in crew.phones:
        await phone.has_received(lambda p: {m.body["alert_id"] for m in p.received} >= wanted, within)
        keys: dict[str, Counter[str]] = defaultdict(Counter)
        for message in phone.received:
            assert (message.type, message.body["step"]) == ("page", 1), message
            assert message.key == f"{message.page_id}:page", message
            keys[message.body["alert_id"]][message.key] += 1
        assert {alert: found for alert, found in keys.items() if len(found) > 1 or found.total() > 1 + crashes} == {}
        phone.reads_everything()
