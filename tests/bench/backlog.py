"""A backlog: the service is stopped, its topics are filled, it is started, and everything is folded in."""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from deploy.embedded.service import Service
from shared import clock, topics
from shared.delivery import BATCH
from shared.wire import Outgoing
from tests.bench import raw_store
from tests.bench.effort import Effort
from tests.bench.filling import fill, filler
from tests.bench.ledger import reach
from tests.bench.measured import Curve, Measured
from tests.bench.rows import at_least
from tests.e2e.product import Product

SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
A_SECOND = 5_000
SLOWEST_A_SECOND = 200


@dataclass(frozen=True, slots=True)
class Backlog:
    """Which service, what it reads, what is put there, and how far it is."""

    service: Service
    events: Callable[[int, datetime], Iterable[Outgoing]]
    consumed: Callable[[], Awaitable[int]]


async def measure(product: Product, effort: Effort, backlog: Backlog) -> Measured:
    """The service alone at 1,000, 10,000 and 100,000 records; the target counts at 100,000, from its first batch on."""
    await product.alerting.stop()
    await product.reporting.stop()
    name, bootstrap = backlog.service.name, product.kafka.bootstrap_servers
    ours, raw, rate, total = [], [], 0.0, 0
    for size in sizes(effort):
        async with filler(bootstrap) as producer:
            total += await fill(producer, backlog.events(size, clock.now()))
        began = time.perf_counter()
        await backlog.service.start()
        progress = await reach(backlog.consumed, total, size / SLOWEST_A_SECOND + 30)
        await backlog.service.stop()
        took = progress.done_at - began
        ours.append((size, took))
        read = topics.of_consumer(name)
        raw.append((size, await raw_store.seconds(bootstrap, product.postgres.url, read, size, BATCH)))
        if size <= SIZES[-1]:
            rate = (total - progress.moved_to) / (progress.done_at - progress.moved_at)
    counted = min(sizes(effort)[-1], SIZES[-1])
    beside = counted / dict(raw)[counted]
    return Measured(
        [at_least(f"{name}, backlog of {counted:,}", rate, "events/s", A_SECOND, beside)],
        [
            Curve("backlog", name, tuple(ours)),
            Curve("backlog", f"baseline, {name}", tuple(raw), baseline=True),
        ],
    )


def sizes(effort: Effort) -> list[int]:
    """How many records, one size after another."""
    return [effort.of(size) for size in (*SIZES, *((MILLION,) if effort.full else ()))]
