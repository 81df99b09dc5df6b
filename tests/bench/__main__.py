"""`make bench`: every benchmark on a product of its own, as a table and build/bench.json; names choose some."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from shared import clock
from tests.bench import grounds, kept, table
from tests.bench.effort import Effort
from tests.bench.measured import Measured
from tests.bench.measurements import MEASUREMENTS, Measurement
from tests.e2e.product import Product

PARTITIONS = 12  # as a run has by default
SWITCHES = {
    "full": "a million events as well, which takes a quarter of an hour (BENCH_FULL=1)",
    "keep": "write docs/benchmarks: the result to compare with (BENCH_KEEP=1)",
}


async def run(chosen: Sequence[Measurement], effort: Effort) -> Measured:
    """One after another, each told when it begins."""
    found = Measured()
    for number, measurement in enumerate(chosen, 1):
        _say(f"[{number}/{len(chosen)}] {measurement.says} (about {measurement.seconds * effort.share:.0f} s)")
        began = time.perf_counter()
        found.add(await _measure(measurement, effort))
        _say(f"      took {time.perf_counter() - began:.0f} s")
    return found


async def _measure(measurement: Measurement, effort: Effort) -> Measured:
    """Kafka, PostgreSQL and services with nothing in them, so that no benchmark pays for the one before."""
    with tempfile.TemporaryDirectory(prefix="meldkamer-bench-") as folder:
        product = Product(Path(folder), grounds.campus_file(), PARTITIONS)
        try:
            await product.start()
            return await measurement.measure(product, effort)
        finally:
            await product.stop()


def main(arguments: Sequence[str]) -> int:
    """0 whatever the targets say: a benchmark measures, it does not judge."""
    told = _arguments(arguments)
    effort = Effort(told.share, told.full)
    chosen = [m for m in MEASUREMENTS if not told.names or m.name in told.names]
    found = asyncio.run(run(chosen, effort))
    table.report(found.rows, kept.before() if effort.whole else {}, Path("build/bench.json"))
    if told.keep:
        kept.keep(found, kept.origin(clock.now().date()))
    return 0


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    names = [measurement.name for measurement in MEASUREMENTS]
    parser.add_argument("names", nargs="*", metavar="name", help=f"which, else all: {', '.join(names)}")
    parser.add_argument("--share", type=float, default=1.0, help="sizes as a share of the targets', while developing")
    for name, says in SWITCHES.items():
        default = os.environ.get(f"BENCH_{name.upper()}") == "1"
        parser.add_argument(f"--{name}", action="store_true", default=default, help=says)
    told = parser.parse_args(arguments)
    if unknown := set(told.names) - set(names):
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}")
    if told.keep and (told.names or told.share < 1):
        parser.error("only a whole run is kept")
    return told


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
