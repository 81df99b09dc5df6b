"""A service's PostgreSQL: a pool that connects when it is used, so that nothing waits for it at boot."""

from types import TracebackType
from typing import Self

from shared import db, health
from shared.db import Pool


class Database:
    """`async with` opens the pool without connecting: what needs a server that is away fails, and may be tried again.

    Enter it outside the loops that use it: a pool that closes under a loop swallows its cancellation.
    """

    def __init__(self, url: str, service: str, size: int = 8) -> None:
        self._url = url
        self._service = service
        self._size = size
        self._pool: Pool | None = None

    @property
    def pool(self) -> Pool:
        """The pool, inside `async with`."""
        if self._pool is None:
            raise RuntimeError("the database is used outside its `async with`")
        return self._pool

    async def check(self) -> str | None:
        """For readiness: that PostgreSQL answers."""
        return await health.database(self.pool)()

    async def __aenter__(self) -> Self:
        self._pool = await db.open_pool(self._url, self._service, self._size)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pool.terminate()
