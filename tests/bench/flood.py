"""An alarm flood: 10,000 alarms from 500 detectors in 10 s, one a request as panels send them."""

import asyncio
import json
import time
from http import HTTPStatus

from shared.campus import Scope
from tests.bench import grounds, raw_kafka
from tests.bench.effort import Effort
from tests.bench.ledger import Ledger, open_ledger, reach
from tests.bench.line import Line
from tests.bench.measured import Measured
from tests.bench.pager import Pager
from tests.bench.rows import at_most, quantile
from tests.e2e.given import KEYS
from tests.e2e.product import Product

ALARMS, SECONDS = 10_000, 10.0
PANELS = 32
MEMBERS = 4
FIRST_PAGE_MS, CONSUMED_S = 250, 3
IN_TIME = 1.05  # the answers to the last ones are still due when the last was sent
WITHIN_S = 60


async def measure(product: Product, effort: Effort) -> Measured:
    """Each of 50 buildings has 10 detectors and a BHV of four present; every detector goes off again and again."""
    pager = Pager()
    await pager.start()
    try:
        for number in range(grounds.BUILDINGS):
            code = grounds.building(number)
            await pager.enlist(product, f"bhv-{code.lower()}", MEMBERS, code)
        raw = await raw_kafka.round_trips(product.kafka.bootstrap_servers, effort.of(250), 50)
        async with open_ledger(product) as ledger:
            return await _flood(product, effort.of(ALARMS, least=500), pager, ledger, quantile(raw, 0.99))
    finally:
        await pager.stop()


async def _flood(product: Product, alarms: int, pager: Pager, ledger: Ledger, raw_ms: float) -> Measured:
    before = await ledger.reporting_incidents()
    began_at: dict[str, float] = {}
    lines = [await Line.open(product.ports["intake"]) for _ in range(PANELS)]
    start = time.perf_counter() + 0.1
    seconds = SECONDS * alarms / ALARMS
    await asyncio.gather(*(
        _panel(line, range(place, alarms, PANELS), start, seconds / alarms, began_at)
        for place, line in enumerate(lines)
    ))  # fmt: skip
    last = time.perf_counter()
    consumed = await reach(lambda: _consumed(ledger, before), alarms, WITHIN_S)
    for line in lines:
        line.close()
    slowest = max([(await _first_page(pager, code) - at) * 1000 for code, at in began_at.items()])
    return Measured([
        at_most("alarm flood, until all are accepted", last - start, "s", seconds * IN_TIME),
        at_most("alarm flood, alerts a building and plan", await ledger.alerts() / len(began_at), "alerts", 1),
        at_most("alarm flood, slowest first page", slowest, "ms", FIRST_PAGE_MS, raw_ms),
        at_most("alarm flood, all consumed after the last", max(0.0, consumed.done_at - last), "s", CONSUMED_S),
    ])  # fmt: skip


async def _panel(line: Line, numbers: range, start: float, every: float, began_at: dict[str, float]) -> None:
    """Send these alarms when they are due, or as soon as the last one is answered."""
    key = KEYS[Scope.FIRE]
    for number in numbers:
        await asyncio.sleep(max(0.0, start + number * every - time.perf_counter()))
        detector = number % grounds.DETECTORS
        code = grounds.building(detector)
        alarm = {"device": f"detector {detector}", "building": code, "event": "alarm", "external_id": f"flood-{number}"}
        began_at.setdefault(code, time.perf_counter())
        status = await line.post("/intake/v1/fire-alarms", key, json.dumps(alarm).encode())
        assert status == HTTPStatus.ACCEPTED, status


async def _consumed(ledger: Ledger, before: int) -> int:
    """By the slower of the two services."""
    return min(await ledger.alerting(), await ledger.reporting_incidents() - before)


async def _first_page(pager: Pager, building: str) -> float:
    async with asyncio.timeout(WITHIN_S):
        while (at := pager.first_page(building)) is None:
            await asyncio.sleep(0.05)
    return at
