"""How fast intake takes incidents, one a request and 500 a request, beside a bare handler; the three in turns."""

from shared.campus import Scope
from tests.bench import processes
from tests.bench.bare import PATH
from tests.bench.effort import Effort
from tests.bench.http_load import Load
from tests.bench.measured import Measured
from tests.bench.processes import Generator
from tests.bench.rows import at_least_times, interleaved
from tests.e2e.given import KEYS
from tests.e2e.product import Product

CONNECTIONS = 64
ITEMS, NDJSON_CONNECTIONS = 500, 4
ROUNDS, SLICE_S, WARM_UP_S = 10, 2.0, 2.0
OF_BARE, TIMES_SINGLE = 0.8, 10


async def measure(product: Product, effort: Effort) -> Measured:
    """Intake alone works: what reads its topics is stopped, for nobody reads the bare handler's."""
    await product.alerting.stop()
    await product.reporting.stop()
    async with processes.bare(product) as (bare_port, _), processes.generator() as generator:
        loads = _loads(product, bare_port, SLICE_S if effort.whole else 0.5)
        for load in loads:
            await generator.run(Load(load.port, load.path, load.key, load.ndjson, load.connections, WARM_UP_S))
        slices = [await _slice(generator, loads) for _ in range(effort.of(ROUNDS, least=3))]
    bare, single, many = interleaved(slices)
    return Measured(
        [
            at_least_times("intake, one incident a request, 64 connections", single, "events/s", OF_BARE, bare),
            at_least_times("intake, NDJSON of 500", many, "events/s", TIMES_SINGLE, single),
        ]
    )


def _loads(product: Product, bare_port: int, seconds: float) -> list[Load]:
    port, path, key = product.ports["intake"], "/intake/v1/incidents", KEYS[Scope.GENERAL]
    return [
        Load(bare_port, PATH, key, 0, CONNECTIONS, seconds),
        Load(port, path, key, 0, CONNECTIONS, seconds),
        Load(port, path, key, ITEMS, NDJSON_CONNECTIONS, seconds),
    ]


async def _slice(generator: Generator, loads: list[Load]) -> list[float]:
    """Events a second of each in turn."""
    found = []
    for load in loads:
        tally = await generator.run(load)
        found.append(tally.events / tally.seconds)
    return found
