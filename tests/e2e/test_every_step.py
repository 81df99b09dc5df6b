"""Each process dies at each step of an alarm's way, the first time it is there and the second: nothing is lost."""

import asyncio
import signal
from dataclasses import replace
from http import HTTPStatus

import aiohttp
import pytest

from deploy.embedded.service import Service
from shared.waypoint import Point
from tests.e2e.campus import Alarm, Alert, Campus, Crew, new_name
from tests.e2e.load import is_paged
from tests.e2e.product import Product, Reply
from tests.e2e.times import now, until

DIES_WITHIN_S = 10.0
SEEN_WITHIN_S = 15.0
STEPS = [
    ("intake", Point.ACCEPTED),
    ("intake", Point.PUBLISHED),
    ("alerting", Point.RECEIVED),
    ("alerting", Point.INBOX),
    ("alerting", Point.DECIDED),
    ("alerting", Point.COMMITTED),
    ("alerting", Point.LEASED),
    ("alerting", Point.SENT),
    ("alerting", Point.MARKED),
    ("alerting", Point.RELAYED),
    ("reporting", Point.RECEIVED),
    ("reporting", Point.INBOX),
    ("reporting", Point.VIEWED),
]


def test_every_step_has_its_story() -> None:
    assert {point for _, point in STEPS} == set(Point)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize(("name", "point"), STEPS)
async def test_a_death_at_any_step_loses_nothing_and_repeats_a_page_at_most_once_with_its_key(
    campus: Campus, name: str, point: Point, nth: int
) -> None:
    crew = await campus.team("facility", 2)
    service: Service = getattr(campus.product, name)
    doomed = await starts_doomed(service, point, nth)
    reviving = asyncio.create_task(revives(campus.product, service, doomed))

    alarms = []
    while doomed.process.running:  # how many alarms make n passes depends on how they share batches
        alarms.append(await reports_until_accepted(campus))
        await rings_for(crew, len(alarms))
    assert await reviving == -signal.SIGKILL

    alarms.append(await reports_until_accepted(campus))
    alerts = [await alarm.alert() for alarm in alarms]
    await is_paged(crew, [alert.alert_id for alert in alerts], SEEN_WITHIN_S, crashes=1)
    for alarm, alert in zip(alarms, alerts, strict=True):
        await alert.expects(SEEN_WITHIN_S, incident_ids=[alarm.incident_id])
        await is_shown_as_delivered(campus.product, alert)


async def starts_doomed(service: Service, point: Point, nth: int) -> Service:
    """The service again, but it will die at its nth pass of that point."""
    await service.stop()
    dying = {"DYING_MODULE": service.plan.module, "DYING_AT": point.value, "DYING_PASS": str(nth)}
    doomed = Service(
        replace(service.plan, module="tests.proof.dying", environment={**service.plan.environment, **dying})
    )
    await doomed.start()
    await doomed.ready()
    return doomed


async def revives(product: Product, service: Service, doomed: Service) -> int:
    """The supervisor's part: start what has died; how it ended."""
    code = await asyncio.wait_for(doomed.wait(), DIES_WITHIN_S)
    await product.restart(service)
    return code


async def reports_until_accepted(campus: Campus) -> Alarm:
    """As a panel does: the same event again until somebody answers 202. Each has a building, and so an alert,."""
    pressed_at, name = now(), new_name()
    building = f"X{name[:12]}".upper()
    replies: list[Reply] = []

    async def accepted() -> bool:
        body = {"kind": "power", "location": {"building": building}, "source": {"external_id": name}}
        try:
            replies.append(await campus.product.report("/incidents", body))
        except aiohttp.ClientError:  # cut off: it may have landed or not
            return False
        return replies[-1].status == HTTPStatus.ACCEPTED

    await until(accepted, SEEN_WITHIN_S)
    return Alarm(campus.product, replies[-1].body["incident_id"], building, pressed_at)


async def rings_for(crew: Crew, alerts: int) -> None:
    """Everybody was called for so many alerts."""
    for phone in crew.phones:
        await phone.has_received(lambda p: len({m.body["alert_id"] for m in p.received}) >= alerts, SEEN_WITHIN_S)


async def is_shown_as_delivered(product: Product, alert: Alert) -> None:
    """The monitor has the alert and says that everybody was reached."""

    async def so() -> bool:
        reply = await product.call("GET", "reporting", f"/v1/alerts/{alert.alert_id}")
        return reply.status == HTTPStatus.OK and {p["state"] for p in reply.body["pages"]} == {"delivered"}

    await until(so, SEEN_WITHIN_S)
