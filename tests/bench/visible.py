"""From POST to the event on the monitor's live stream."""

import asyncio
import json
import time
from http import HTTPStatus
from uuid import uuid4

import aiohttp

from tests.bench import raw_kafka
from tests.bench.effort import Effort
from tests.bench.measured import Measured
from tests.bench.rows import at_most, quantile
from tests.e2e.given import ADMIN
from tests.e2e.product import Product

RATE = 50
SECONDS = 20
WITHIN_S = 5
P99_MS = 250


async def measure(product: Product, effort: Effort) -> Measured:
    """50 incidents a second for 20 s that page nobody, as a monitor sees them come."""
    raw = await raw_kafka.round_trips(product.kafka.bootstrap_servers, effort.of(RATE * 5), RATE)
    monitor = Monitor(product)
    watching = asyncio.create_task(monitor.watch())
    await monitor.open.wait()
    try:
        await _load(product, monitor, effort.of(3))
        taken = await _load(product, monitor, effort.of(SECONDS))
    finally:
        watching.cancel()
    value, beside = quantile(taken, 0.99), quantile(raw, 0.99)
    return Measured([at_most("incident to visible on the monitor at 50/s, p99", value, "ms", P99_MS, beside)])


class Monitor:
    """A reader of the live stream: when each incident was told."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self.open = asyncio.Event()
        self.seen: dict[str, float] = {}

    async def watch(self) -> None:
        """Until cancelled."""
        headers = {"Authorization": f"Bearer {ADMIN}"}
        timeout = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(timeout=timeout) as client,
            client.get(self._product.url("reporting", "/v1/live"), headers=headers) as stream,
        ):
            event = b""
            async for line in stream.content:
                self.open.set()
                name, _, value = line.rstrip().partition(b": ")
                if name == b"event":
                    event = value
                elif name == b"data" and event == b"incident":
                    self.seen.setdefault(json.loads(value)["incident_id"], time.perf_counter())


async def _load(product: Product, monitor: Monitor, seconds: int) -> list[float]:
    """Milliseconds from POST to the stream of each."""
    sent: dict[str, float] = {}
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as posts:
        for number in range(seconds * RATE):
            await asyncio.sleep(max(0.0, began + number / RATE - loop.time()))
            posts.create_task(_post(product, sent))
    async with asyncio.timeout(WITHIN_S):
        while not sent.keys() <= monitor.seen.keys():
            await asyncio.sleep(0.05)
    return [(monitor.seen[incident] - at) * 1000 for incident, at in sent.items()]


async def _post(product: Product, sent: dict[str, float]) -> None:
    at = time.perf_counter()
    body = {"kind": "access.denied", "location": {"building": "F01"}, "source": {"external_id": str(uuid4())}}
    reply = await product.report("/incidents", body)
    assert reply.status == HTTPStatus.ACCEPTED, reply
    sent[reply.body["incident_id"]] = at
