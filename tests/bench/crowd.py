"""One incident that calls many: until the last of them has the page."""

import asyncio
import time
from http import HTTPStatus
from uuid import uuid4

import aiohttp

from tests.bench import grounds
from tests.bench.effort import Effort
from tests.bench.ledger import Ledger, open_ledger, reach
from tests.bench.measured import Measured
from tests.bench.pager import Pager
from tests.bench.rows import Row, at_most, quantile
from tests.e2e.product import Product

ROUNDS = {40: 40, 1300: 10}
P99_MS = {40: 250, 1300: 2000}
WITHIN_S = 30


async def measure(product: Product, effort: Effort) -> Measured:
    """Again and again, each time an alert of its own; the baseline posts as many messages with bare aiohttp."""
    pager = Pager()
    await pager.start()
    try:
        async with open_ledger(product) as ledger:
            return Measured([await _row(product, effort, pager, ledger, size) for size in grounds.CROWDS])
    finally:
        await pager.stop()


async def _row(product: Product, effort: Effort, pager: Pager, ledger: Ledger, size: int) -> Row:
    await pager.enlist(product, grounds.crowd(size), size)
    await _call_all(product, pager, ledger, size)  # the first one warms up
    taken, bare = [], []
    for _ in range(effort.of(ROUNDS[size], least=2)):
        taken.append(await _call_all(product, pager, ledger, size))
        bare.append(await _post_all(pager, size))
    value, beside = quantile(taken, 0.99), quantile(bare, 0.99)
    return at_most(f"one incident to {size:,} members, all handed over, p99", value, "ms", P99_MS[size], beside)


async def _call_all(product: Product, pager: Pager, ledger: Ledger, size: int) -> float:
    """Milliseconds from POST to the last page; the next one waits until everything is written down."""
    building = f"X{uuid4().hex[:12]}".upper()
    began, first = time.perf_counter(), len(pager.arrivals)
    body = {"kind": grounds.CROWDS[size], "location": {"building": building}}
    reply = await product.report("/incidents", body)
    assert reply.status == HTTPStatus.ACCEPTED, reply
    async with asyncio.timeout(WITHIN_S):
        while len(pager.arrivals) < first + size:
            await asyncio.sleep(0.002)
    last = pager.arrivals[first + size - 1].at
    assert pager.pages(building) == size
    await reach(lambda: _nothing_left(ledger), goal=0, within=WITHIN_S)
    return (last - began) * 1000


async def _nothing_left(ledger: Ledger) -> int:
    return -await ledger.unsent()


async def _post_all(pager: Pager, size: int) -> float:
    """The same messages to the same receiver by a bare client that has them ready: milliseconds until the last."""
    body = pager.arrivals[-1].body.replace(b'"page"', b'"bare"')
    first = len(pager.arrivals)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as client:
        began = time.perf_counter()
        await asyncio.gather(*(_post(client, pager.url, body) for _ in range(size)))
    return (pager.arrivals[first + size - 1].at - began) * 1000


async def _post(client: aiohttp.ClientSession, url: str, body: bytes) -> None:
    async with client.post(url, data=body) as answer:
        assert answer.status == HTTPStatus.NO_CONTENT
