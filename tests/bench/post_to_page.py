"""From POST to the page at its receiver: all services, Kafka and PostgreSQL with fsync on this machine."""

import asyncio
import time
from http import HTTPStatus
from uuid import uuid4

from tests.bench import raw_kafka
from tests.bench.effort import Effort
from tests.bench.measured import Measured
from tests.bench.pager import Pager
from tests.bench.rows import at_most, quantile
from tests.e2e.product import Product

RATE = 50
SECONDS, SLICES, RAW_S = 30, 6, 3
WARM_UP_S = 5
WITHIN_S = 5
P50_MS, P99_MS, TIMES_RAW = 8, 30, 4


async def measure(product: Product, effort: Effort) -> Measured:
    """50 incidents a second for 30 s, each an alert of its own that pages one person."""
    pager = Pager()
    await pager.start()
    await pager.enlist(product, "facility", 1)
    try:
        await _load(product, pager, effort.of(WARM_UP_S))
        taken: list[float] = []
        raw: list[float] = []
        for _ in range(SLICES):  # in turns, so that a noisy moment falls on both
            taken += await _load(product, pager, effort.of(SECONDS // SLICES))
            raw += await raw_kafka.round_trips(product.kafka.bootstrap_servers, effort.of(RATE * RAW_S), RATE)
    finally:
        await pager.stop()
    p50, p99, raw_p50, raw_p99 = quantile(taken, 0.5), quantile(taken, 0.99), quantile(raw, 0.5), quantile(raw, 0.99)
    return Measured(
        [
            at_most("POST to page handed over at 50/s, p50", p50, "ms", P50_MS, raw_p50),
            at_most("POST to page handed over at 50/s, p99", p99, "ms", P99_MS, raw_p99),
            at_most("POST to page, times the raw Kafka round trip", p50 / raw_p50, "x", TIMES_RAW),
        ]
    )


async def _load(product: Product, pager: Pager, seconds: int) -> list[float]:
    """Milliseconds from POST to page of each; a page that does not come within 5 s fails the run."""
    sent: dict[str, float] = {}
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as posts:
        for number in range(seconds * RATE):
            await asyncio.sleep(max(0.0, began + number / RATE - loop.time()))
            building = f"X{uuid4().hex[:12]}".upper()
            sent[building] = time.perf_counter()
            posts.create_task(_post(product, building))
    came = await _came(pager, list(sent))
    return [(came[building] - at) * 1000 for building, at in sent.items()]


async def _came(pager: Pager, buildings: list[str]) -> dict[str, float]:
    """When each building's page came."""
    async with asyncio.timeout(WITHIN_S):
        while not all(pager.first_page(building) for building in buildings):
            await asyncio.sleep(0.05)
    return {building: pager.first_page(building) or 0.0 for building in buildings}


async def _post(product: Product, building: str) -> None:
    body = {"kind": "power", "location": {"building": building}, "source": {"external_id": building}}
    reply = await product.report("/incidents", body)
    assert reply.status == HTTPStatus.ACCEPTED, reply
