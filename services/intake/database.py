"""Intake's PostgreSQL, which may be away: alarms are taken without it, so nothing waits for it at boot."""

import asyncio
import logging

from shared import db, health
from shared.db import Pool
from shared.problems import unavailable

log = logging.getLogger(__name__)
RETRY_S = 0.5


class Database:
    """Opens the pool as soon as PostgreSQL answers; from then on the pool reconnects by itself."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: Pool | None = None
        self._opened = asyncio.Event()

    async def run(self) -> None:
        """Open the pool, however long it takes."""
        while self._pool is None:
            try:
                self._pool = await db.open_pool(self._url, "intake")
            except Exception as error:  # noqa: BLE001 - whatever a server away or half started makes of a connect
                log.warning("PostgreSQL is not there yet: %s: %s", type(error).__name__, error)
                await asyncio.sleep(RETRY_S)
        self._opened.set()

    def close(self) -> None:
        """Cut the connections; only after the loops that use them have ended, or their cancellation gets lost."""
        if self._pool is not None:
            self._pool.terminate()

    async def opened(self) -> Pool:
        """The pool, once PostgreSQL has answered for the first time."""
        await self._opened.wait()
        return self.pool

    @property
    def pool(self) -> Pool:
        """The pool, or the problem 503 before PostgreSQL has answered for the first time."""
        if self._pool is None:
            raise unavailable("the database has not been reached yet; send it again")
        return self._pool

    async def check(self) -> str | None:
        """For readiness: that PostgreSQL answers."""
        if self._pool is None:
            return "PostgreSQL has not been reached yet"
        return await health.database(self._pool)()
