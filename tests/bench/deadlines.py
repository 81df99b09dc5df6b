"""From a deadline to the decision it brings about, with a thousand of them in one second."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from aiokafka import AIOKafkaConsumer

from shared import clock
from shared.topics import for_kind
from shared.wire import Outgoing, encode
from shared.words import Kind
from tests.bench import events, grounds, raw_commit
from tests.bench.effort import Effort
from tests.bench.filling import fill, filler
from tests.bench.measured import Measured
from tests.bench.pager import Pager
from tests.bench.rows import at_most, quantile
from tests.e2e.product import Product

ALERTS = 1_000
SLICES = 50
P99_MS = 100
WITHIN_S = 60


async def measure(product: Product, effort: Effort) -> Measured:
    """Alerts that open spread over one second and of which nobody answers: ten seconds later each is due.

    A decision is counted when its page has come or its event was read from Kafka, whichever is first: after the commit.
    """
    commit_ms = quantile(await raw_commit.milliseconds(product.postgres.url, effort.of(500)), 0.99)
    count = effort.of(ALERTS, least=SLICES)
    pager = Pager()
    await pager.start()
    try:
        for team in ("first", "second"):
            await pager.enlist(product, team, 1)
        await _round(product, pager, count)  # warms up
        late = await _round(product, pager, count)
    finally:
        await pager.stop()
    name = f"deadline to decision, {len(late):,} alerts due in one second, p99"
    return Measured([at_most(name, quantile(late, 0.99), "ms", P99_MS, commit_ms)])


async def _round(product: Product, pager: Pager, count: int) -> list[float]:
    """Milliseconds that each decision came after its deadline."""
    async with _alerts(product) as consumer, filler(product.kafka.bootstrap_servers) as producer:
        began = time.perf_counter()
        for number in range(SLICES):
            await asyncio.sleep(max(0.0, began + number / SLICES - time.perf_counter()))
            await fill(producer, [_incident(number) for _ in range(count // SLICES)])
        read = await _read(consumer, count // SLICES * SLICES)
    return [(_decided(seen, pager) - seen.due) * 1000 for seen in read]


@dataclass(slots=True)
class Seen:
    """An alert as Kafka told of it: when it was due and when its decision was read, by the monotonic clock."""

    building: str
    due: float
    read: float | None = None


def _decided(seen: Seen, pager: Pager) -> float:
    """The first sign of the decision."""
    signs = [at for at in (seen.read, pager.first_page(seen.building, step=2)) if at is not None]
    return min(signs)


def _incident(number: int) -> Outgoing:
    building = f"X{uuid4().hex[:12]}".upper()
    event = events.reported(Kind.GAS, building, number, clock.now())
    return encode(for_kind(Kind.GAS).name, building, event, "intake")


async def _read(consumer: AIOKafkaConsumer, count: int) -> list[Seen]:
    """Every alert of this round, once its second step has been told."""
    alerts: dict[str, Seen] = {}
    ahead = time.time() - time.perf_counter()  # of the wall clock, by which alerts tell their deadlines
    told = 0
    async with asyncio.timeout(grounds.DEADLINE_S + WITHIN_S):
        while told < count:
            fetched = await consumer.getmany(timeout_ms=200)
            now = time.perf_counter()
            for alert in (json.loads(r.value) for records in fetched.values() for r in records):
                if alert["step"] == 1:
                    due = datetime.fromisoformat(alert["next_step_at"]).timestamp() - ahead
                    alerts[alert["alert_id"]] = Seen(alert["building"], due)
                elif (seen := alerts.get(alert["alert_id"])) and seen.read is None:
                    seen.read = now
                    told += 1
    return list(alerts.values())


@asynccontextmanager
async def _alerts(product: Product) -> AsyncIterator[AIOKafkaConsumer]:
    """The topic of alerts from now on."""
    consumer = AIOKafkaConsumer(
        "alerts", bootstrap_servers=product.kafka.bootstrap_servers, enable_auto_commit=False, fetch_max_wait_ms=25
    )
    await consumer.start()
    try:
        await consumer.seek_to_end()
        yield consumer
    finally:
        await consumer.stop()
