"""From POST to the page at its receiver: all services, Kafka and PostgreSQL with fsync on this machine."""

import asyncio
import time
from http import HTTPStatus
from uuid import uuid4

from aiohttp import web

from tests.bench import raw_kafka
from tests.bench.rows import Row, at_most, quantile
from tests.e2e.product import Product

RATE = 50
SECONDS = 30
WARM_UP_S = 5
TEAM = "facility"
P50_MS, P99_MS, TIMES_RAW = 8, 30, 4


class Pager:
    """The receiver of pages: when each alert's page came."""

    def __init__(self) -> None:
        self.came: dict[str, float] = {}
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application()
        app.router.add_post("/page", self._on_page)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/page"

    async def stop(self) -> None:
        """End listening."""
        if self._runner:
            await self._runner.cleanup()

    async def _on_page(self, request: web.Request) -> web.Response:
        came = time.perf_counter()
        body = await request.json()
        self.came.setdefault(body["building"], came)
        return web.Response(status=HTTPStatus.NO_CONTENT)


async def measure(product: Product) -> list[Row]:
    """50 incidents a second for 30 s, each an alert of its own that pages one person."""
    raw = await raw_kafka.round_trips(product.kafka.bootstrap_servers, RATE * 10, RATE)
    pager = Pager()
    await pager.start()
    member = {
        "name": "Pager",
        "language": "en",
        "teams": [TEAM],
        "channels": [{"kind": "webhook", "address": pager.url}],
    }
    reply = await product.call("PUT", "alerting", "/v1/members/bench-pager", member)
    assert reply.status in (HTTPStatus.OK, HTTPStatus.CREATED), reply
    try:
        await _load(product, pager, WARM_UP_S)
        taken = await _load(product, pager, SECONDS)
    finally:
        await pager.stop()
    p50, p99, raw_p50, raw_p99 = quantile(taken, 0.5), quantile(taken, 0.99), quantile(raw, 0.5), quantile(raw, 0.99)
    return [
        at_most("POST to page handed over at 50/s, p50", p50, "ms", P50_MS, raw_p50),
        at_most("POST to page handed over at 50/s, p99", p99, "ms", P99_MS, raw_p99),
        at_most("POST to page, times the raw Kafka round trip", p50 / raw_p50, "x", TIMES_RAW),
    ]


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
    async with asyncio.timeout(5):
        while not sent.keys() <= pager.came.keys():
            await asyncio.sleep(0.05)
    return [(pager.came[building] - at) * 1000 for building, at in sent.items()]


async def _post(product: Product, building: str) -> None:
    body = {"kind": "power", "location": {"building": building}, "source": {"external_id": building}}
    reply = await product.report("/incidents", body)
    assert reply.status == HTTPStatus.ACCEPTED, reply
