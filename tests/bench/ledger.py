"""How far the services are, read from their tables: what was consumed, what is still on its way out."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from tests.e2e.product import Product

EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Ledger:
    """A look at PostgreSQL as its owner."""

    db: "asyncpg.Connection[asyncpg.Record]"

    async def alerting(self) -> int:
        """Records that alerting has consumed."""
        return int(await self.db.fetchval("SELECT coalesce(sum(next_offset - first_offset), 0) FROM alerting.ledger"))

    async def reporting(self) -> int:
        """Records that reporting has consumed."""
        return int(await self.db.fetchval("SELECT coalesce(sum(next_offset - first_offset), 0) FROM reporting.ledger"))

    async def reporting_incidents(self) -> int:
        """Records of incidents that reporting has consumed."""
        return int(
            await self.db.fetchval(
                "SELECT coalesce(sum(next_offset - first_offset), 0) FROM reporting.ledger WHERE topic ~ '^incidents'"
            )
        )

    async def alerts(self) -> int:
        """Alerts that were opened."""
        return int(await self.db.fetchval("SELECT count(*) FROM alerting.alerts"))

    async def unsent(self) -> int:
        """What alerting still has to send, to people and to Kafka."""
        return int(
            await self.db.fetchval(
                "SELECT (SELECT count(*) FROM alerting.outbox)"
                " + (SELECT count(*) FROM alerting.messages WHERE state = 'sending')"
            )
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """When a count was first seen to move, what it was then, and when it reached its goal."""

    moved_at: float
    moved_to: int
    done_at: float


@asynccontextmanager
async def open_ledger(product: Product) -> AsyncIterator[Ledger]:
    """A connection of its own."""
    db = await asyncpg.connect(product.postgres.url)
    try:
        yield Ledger(db)
    finally:
        await db.close()


async def reach(count: Callable[[], Awaitable[int]], goal: int, within: float) -> Progress:
    """Look every 20 ms until the count is at the goal; TimeoutError when it is not in time."""
    before = await count()
    moved_at, moved_to = time.perf_counter(), before
    moved = False
    async with asyncio.timeout(within):
        while (now := await count()) < goal:
            if not moved and now > before:
                moved, moved_at, moved_to = True, time.perf_counter(), now
            await asyncio.sleep(EVERY_S)
    return Progress(moved_at, moved_to, time.perf_counter())
