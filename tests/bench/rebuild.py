"""The views built anew from the topics and compared: seconds against the number of events."""

import time

from services.reporting.rebuild import rebuild
from services.reporting.replay import BATCH
from shared import clock, topics
from tests.bench import events, raw_store
from tests.bench.backlog import SLOWEST_A_SECOND, sizes
from tests.bench.effort import Effort
from tests.bench.filling import fill, filler
from tests.bench.ledger import open_ledger, reach
from tests.bench.measured import Curve, Measured
from tests.bench.rows import Row, at_most
from tests.e2e.product import Product

MILLION, MILLION_S = 1_000_000, 240
READ = topics.of_consumer("reporting")


async def measure(product: Product, effort: Effort) -> Measured:
    """At 1,000, 10,000 and 100,000 events in all, and 1,000,000 with BENCH_FULL=1; the live views must be equal."""
    await product.alerting.stop()
    ours: list[tuple[int, float]] = []
    raw: list[tuple[int, float]] = []
    for size in sizes(effort):
        await _grow(product, size)
        ours.append((size, await _rebuild(product, size)))
        raw.append((size, await raw_store.seconds(*_where(product), READ, size, BATCH)))
    return Measured(
        [_row(size, took, dict(raw)[size]) for size, took in ours[-2 if effort.full else -1 :]],
        [
            Curve("rebuild", "rebuild and compare", tuple(ours)),
            Curve("rebuild", "baseline", tuple(raw), baseline=True),
        ],
    )


async def _grow(product: Product, size: int) -> None:
    """Fill the topics up to so many records in all, and let the live views fold them."""
    async with open_ledger(product) as ledger, filler(product.kafka.bootstrap_servers) as producer:
        missing = size - await ledger.reporting()
        await fill(producer, events.stories(missing, clock.now()))
        await reach(ledger.reporting, size, missing / SLOWEST_A_SECOND + 30)


async def _rebuild(product: Product, size: int) -> float:
    """Seconds; the live service runs on, as it would."""
    bootstrap, url = _where(product)
    began = time.perf_counter()
    outcome = await rebuild(url, bootstrap, READ, consumer="reporting", check=True, progress=lambda _done, _all: None)
    took = time.perf_counter() - began
    assert (outcome.records, outcome.differences.total) == (size, 0), outcome
    return took


def _where(product: Product) -> tuple[list[str], str]:
    return product.kafka.bootstrap_servers, product.postgres.url


def _row(size: int, took: float, beside: float) -> Row:
    """The limit of the target, which is for a million, in proportion."""
    return at_most(f"rebuild of the views from {size:,} events", took, "s", MILLION_S * size / MILLION, beside)
