"""Carries what chats committed to Kafka. The chat itself needs PostgreSQL alone: while Kafka is away, rows wait."""

import asyncio
import logging
from datetime import datetime, timedelta

from services.intake.chat import store
from shared import clock, db, metrics
from shared.database import Database
from shared.outbox import Relay
from shared.publish import Publisher

log = logging.getLogger(__name__)
SWEEP_S = 60.0


class Outlet:
    """The relay, from the moment there is a database."""

    def __init__(self, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher
        self._relay: Relay | None = None

    def wake(self) -> None:
        """Something was committed."""
        if self._relay:
            self._relay.wake()

    async def run(self) -> None:
        """Relay until cancelled."""
        self._relay = Relay(self._database.pool, self._publisher)
        await self._relay.run()


class Sweeper:
    """Deletes the text of chats that were closed long ago, and says how old the oldest text is."""

    def __init__(self, database: Database, keep_days: int) -> None:
        self._database = database
        self._keep = timedelta(days=keep_days)

    async def run(self) -> None:
        """Every minute until cancelled."""
        while True:
            try:
                await self.sweep(clock.now())
            except Exception as error:  # noqa: BLE001 - the next minute tries again
                db.raise_if_cancelled(error)
                log.log(
                    logging.WARNING if db.is_transient(error) else logging.ERROR,
                    "chats are not swept: %s",
                    type(error).__name__,
                )
            await asyncio.sleep(SWEEP_S)

    async def sweep(self, now: datetime) -> int:
        """Once; returns how many chats were shredded."""
        async with db.transaction(self._database.pool) as tx:
            gone = await store.shred(tx, now - self._keep)
            oldest = await store.oldest_text(tx)
        metrics.CHAT_OLDEST.set((now - oldest).total_seconds() if oldest else 0)
        return gone
