"""`make bench`: every benchmark on one product, as a table and build/bench.json."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import post_to_page
from tests.bench.rows import report
from tests.e2e.product import Product


async def main() -> int:
    """Start the product, measure, stop it; 0 whatever the targets say: a benchmark measures, it does not judge."""
    with tempfile.TemporaryDirectory(prefix="meldkamer-bench-") as folder:
        product = Product(Path(folder))
        print("starting Apache Kafka, PostgreSQL and the services", flush=True)  # noqa: T201
        await product.start()
        try:
            rows = await post_to_page.measure(product)
        finally:
            await product.stop()
    report(rows, Path("build/bench.json"))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
