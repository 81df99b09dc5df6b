"""Reporting after a backlog: incidents, alerts in their versions, pages in theirs."""

from tests.bench import backlog, events
from tests.bench.backlog import Backlog
from tests.bench.effort import Effort
from tests.bench.ledger import open_ledger
from tests.bench.measured import Measured
from tests.e2e.product import Product


async def measure(product: Product, effort: Effort) -> Measured:
    """The views folded from what had come in the meantime."""
    async with open_ledger(product) as ledger:
        return await backlog.measure(product, effort, Backlog(product.reporting, events.stories, ledger.reporting))
