"""`make soak`: SOAK_MINUTES (60) of SOAK_RATE (50) incidents a second; build/soak.jsonl, .svg, and a verdict.

A campus's peak is taken to be five events a second (doors at the change of lectures, on a day with a large event); the
rate is ten times that. SOAK_SEED repeats the same incidents.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.embedded.ports import free_ports
from tests.e2e.product import Product
from tests.proof import grounds
from tests.proof.history import Writer
from tests.proof.load import Load
from tests.proof.soak import plot
from tests.proof.soak.looking import Looking
from tests.proof.soak.sample import Sample
from tests.proof.soak.verdict import Finding, findings
from tests.proof.target import of_product

MINUTES, RATE = 60.0, 50.0
PARTITIONS = 12
SETTLE_S = 60.0
BUILD = Path("build")


async def soak(minutes: float, rate: float, seed: int) -> list[Sample]:
    """The samples of a run on a product of its own."""
    with tempfile.TemporaryDirectory(prefix="meldkamer-soak-", ignore_cleanup_errors=True) as folder:
        product = Product(Path(folder), grounds.campus_file(), PARTITIONS)
        print("starting Apache Kafka, PostgreSQL and the services, two replicas of alerting", flush=True)  # noqa: T201
        try:
            await product.start()
            await product.start_second_replica()
            phones = free_ports(1)[0]
            target = replace(of_product(product, phones), groups=("alerting-a", "alerting-b", "reporting"))
            with Writer(Path(folder) / "history.jsonl") as history:
                async with Load(target, history, seed, rate) as load, Looking(product, BUILD / "soak.jsonl") as looking:
                    await load.run(minutes * 60)
                    await load.settle(SETTLE_S)
            return looking.samples
        finally:
            await product.stop()


def report(found: Sequence[Finding], seconds: float, sent: int) -> None:
    """The comparisons as a table, and the last line."""
    table = Table(title="Early and late in the soak")
    for heading in ("what", "early", "late", "unit", "flat"):
        table.add_column(heading)
    for finding in found:
        flat = "yes" if finding.flat else "NO"
        table.add_row(finding.name, f"{finding.early:.1f}", f"{finding.late:.1f}", finding.unit, flat)
    Console().print(table)
    grown = sum(not finding.flat for finding in found)
    print(f"soak: {seconds / 60:.0f} minutes, {sent} accepted, {grown} of {len(found)} grown")  # noqa: T201


def main() -> int:
    """1 when anything grew."""
    minutes, rate = float(os.environ.get("SOAK_MINUTES", MINUTES)), float(os.environ.get("SOAK_RATE", RATE))
    seed = int(os.environ.get("SOAK_SEED") or random.randrange(2**32))
    BUILD.mkdir(exist_ok=True)
    print(f"soak: seed {seed}, {minutes:g} minutes, {rate:g} incidents a second", flush=True)  # noqa: T201
    samples = asyncio.run(soak(minutes, rate, seed))
    day = time.strftime("%Y-%m-%d")
    title = f"Soak: {minutes:g} minutes at {rate:g} incidents a second, {day}, seed {seed}"
    (BUILD / "soak.svg").write_text(plot.draw(title, samples))
    found = findings(samples)
    report(found, samples[-1].t, samples[-1].sent)
    return int(not all(finding.flat for finding in found))


if __name__ == "__main__":
    sys.exit(main())
