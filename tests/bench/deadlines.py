"""From a deadline to the decision it brings about, with a thousand of them in one second."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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

    A decision is counted when its event is read from Kafka, after the commit and the relay: the worst that can be said.
    """
    commit_ms = quantile(await raw_commit.milliseconds(product.postgres.url, effort.of(500)), 0.99)
    pager = Pager()
    await pager.start()
    try:
        for team in ("first", "second"):
            await pager.enlist(product, team, 1)
        late = [ms for _ in range(2) for ms in await _round(product, effort.of(ALERTS, least=50))][-effort.of(ALERTS) :]
    finally:
        await pager.stop()
    name = f"deadline to decision, {len(late):,} alerts due in one second, p99"
    return Measured([at_most(name, quantile(late, 0.99), "ms", P99_MS, commit_ms)])


async def _round(product: Product, count: int) -> list[float]:
    """Milliseconds that each decision came after its deadline."""
    async with _alerts(product) as consumer, filler(product.kafka.bootstrap_servers) as producer:
        began = time.perf_counter()
        for number in range(SLICES):
            await asyncio.sleep(max(0.0, began + number / SLICES - time.perf_counter()))
            await fill(producer, [_incident(number) for _ in range(count // SLICES)])
        return await _lateness(consumer, count // SLICES * SLICES)


def _incident(number: int) -> Outgoing:
    building = f"X{uuid4().hex[:12]}".upper()
    event = events.reported(Kind.GAS, building, number, clock.now())
    return encode(for_kind(Kind.GAS).name, building, event, "intake")


async def _lateness(consumer: AIOKafkaConsumer, count: int) -> list[float]:
    due: dict[str, datetime] = {}
    late: dict[str, float] = {}
    async with asyncio.timeout(grounds.DEADLINE_S + WITHIN_S):
        while len(late) < count:
            fetched = await consumer.getmany(timeout_ms=200)
            now = clock.now()
            for alert in (json.loads(r.value) for records in fetched.values() for r in records):
                if alert["step"] == 1:
                    due[alert["alert_id"]] = datetime.fromisoformat(alert["next_step_at"])
                elif alert["alert_id"] in due:
                    late.setdefault(alert["alert_id"], (now - due[alert["alert_id"]]).total_seconds() * 1000)
    return list(late.values())


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
