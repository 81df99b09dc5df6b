"""The memory of each service at rest, beside a bare FastAPI application with a Kafka producer."""

import asyncio
from pathlib import Path

from deploy.embedded.service import Service
from tests.bench import processes
from tests.bench.effort import Effort
from tests.bench.measured import Measured
from tests.bench.rows import at_most
from tests.e2e.product import Product

REST_S = 10
MOST_MIB = 120


async def measure(product: Product, effort: Effort) -> Measured:
    """Ten seconds after everything is ready and nothing happened."""
    async with processes.bare(product) as (_, bare):
        await asyncio.sleep(effort.of(REST_S))
        beside = resident_mib(bare)
        rows = [
            at_most(f"memory at rest, {service.name}", resident_mib(service), "MiB", MOST_MIB, beside)
            for service in product.services
        ]
    return Measured(rows)


def resident_mib(service: Service) -> float:
    """Resident memory of the process, in MiB, as the kernel counts it."""
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kib) / 1024
