"""Alerting after a backlog: incidents of which most page nobody, many join alerts and some open one."""

from tests.bench import backlog, events
from tests.bench.backlog import Backlog
from tests.bench.effort import Effort
from tests.bench.ledger import open_ledger
from tests.bench.measured import Measured
from tests.bench.pager import Pager
from tests.e2e.product import Product


async def measure(product: Product, effort: Effort) -> Measured:
    """Its people can be reached, so that whom it pages costs what it costs."""
    pager = Pager()
    await pager.start()
    try:
        await pager.enlist(product, "facility", 1)
        async with open_ledger(product) as ledger:
            work = Backlog(product.alerting, events.incidents, ledger.alerting)
            return await backlog.measure(product, effort, work)
    finally:
        await pager.stop()
