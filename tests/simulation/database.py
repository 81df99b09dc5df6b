"""A simulated PostgreSQL: transactions that see what is committed, row locks in a queue, and everything that fails.

READ COMMITTED as far as the product builds on it: a transaction's changes are its own until its commit, a lock is held
until its end, whoever waits for one looks again when it has it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg

from tests.simulation.failures import FAILURES
from tests.simulation.world import Doomed, Process, World

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
LockKey = tuple[Hashable, ...]
Row = dict[str, object]
LOCK_TIMEOUT_S = 1.0


class Server:
    """The locks of all transactions; `away` while it does not answer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.away = False
        self.open: dict[int, Tx] = {}
        self._holders: dict[LockKey, Tx] = {}
        self._queues: dict[LockKey, deque[tuple[Tx, asyncio.Future[None]]]] = {}

    def leave(self) -> None:
        """It is restarted: every transaction is lost."""
        self.away = True
        for tx in list(self.open.values()):
            tx.roll_back()

    def is_free(self, key: LockKey, tx: "Tx") -> bool:
        """Whether SKIP LOCKED would not skip it."""
        return self._holders.get(key, tx) is tx

    async def lock(self, key: LockKey, tx: "Tx") -> None:
        """Hold it until the transaction's end; waits its turn, at most `lock_timeout`."""
        if tx.ended:  # undone while it was on its way here
            raise FAILURES[0]()
        holder = self._holders.setdefault(key, tx)
        if holder is tx:
            tx.locks[key] = None
            return
        self._look_for_a_ring(key, tx)
        turn = self.world.loop.create_future()
        self._queues.setdefault(key, deque()).append((tx, turn))
        tx.waits_for = key
        timer = self.world.loop.call_later(LOCK_TIMEOUT_S, _time_out, turn)
        try:
            await turn
        finally:
            timer.cancel()
            tx.waits_for = None

    def release(self, tx: "Tx") -> None:
        """Its locks go to those who waited longest."""
        for key in tx.locks:
            del self._holders[key]
            queue = self._queues.get(key)
            while queue:
                next_, turn = queue.popleft()
                if not turn.done() and not next_.ended:
                    self._holders[key] = next_
                    next_.locks[key], next_.waits_for = None, None
                    turn.set_result(None)
                    break
        tx.locks.clear()

    def _look_for_a_ring(self, key: LockKey, tx: "Tx") -> None:
        """A dead-lock costs a second of somebody's life: the product takes its locks in one order, so there is none."""
        chain, wanted = [f"{tx.process.name} wants {key}"], key
        while (holder := self._holders.get(wanted)) is not None:
            if holder is tx:
                self.world.wrong("no dead-lock", "; ".join(chain))
                raise asyncpg.DeadlockDetectedError("deadlock detected")
            if holder.waits_for is None:
                return
            wanted = holder.waits_for
            chain.append(f"{holder.process.name} wants {wanted}")


class Tx(Doomed):
    """One transaction; `tx` of the product. A change of None is a row that is gone."""

    def __init__(self, server: Server, process: Process, schema: "Schema") -> None:
        self.server, self.process, self.schema = server, process, schema
        self.locks: dict[LockKey, None] = {}
        self.waits_for: LockKey | None = None
        self.ended = False
        self.at_commit: list[Callable[[], None]] = []
        self._changes: dict[int, tuple[dict[Any, Any], dict[Any, Any]]] = {}
        server.open[id(self)] = process.open[id(self)] = self

    def get(self, table: dict[K, V], key: K) -> V | None:
        """The row as this transaction sees it."""
        if (changed := self._changes.get(id(table))) and key in changed[1]:
            row: V | None = changed[1][key]
            return row
        return table.get(key)

    def rows(self, table: dict[K, V]) -> Mapping[K, V]:
        """All rows as this transaction sees them."""
        if (changed := self._changes.get(id(table))) is None:
            return table
        rows = table.copy()
        for key, row in changed[1].items():
            if row is None:
                rows.pop(key, None)
            else:
                rows[key] = row
        return rows

    def put(self, table: dict[K, V], key: K, row: V | None) -> None:
        """Write a row, or delete it."""
        self._changes.setdefault(id(table), (table, {}))[1][key] = row

    async def lock(self, *key: Hashable) -> None:
        """Lock a row (or what an advisory lock names) until the end."""
        await self.server.lock((self.schema.name, *key), self)

    def is_free(self, *key: Hashable) -> bool:
        """Whether nobody else has it locked."""
        return self.server.is_free((self.schema.name, *key), self)

    async def statement(self, what: str) -> None:
        """One round trip, which may fail; a transaction that the server ended fails at its next one."""
        await self.process.step(what)
        if self.ended or self.server.away:
            raise FAILURES[0]()
        if self.process.world.chance(self.process.world.weather.database):
            self._fail(what)

    async def execute(self, query: str, *args: Sequence[int]) -> None:
        """As asyncpg's."""
        await self.schema.execute(self, query, *args)

    async def fetch(self, query: str, limit: int) -> list[Row]:
        """As asyncpg's."""
        return await self.schema.fetch(self, query, limit)

    async def commit(self) -> None:
        """All or nothing; the process may die or be cut off before it, and after it."""
        await self.statement("commit")
        for table, changed in self._changes.values():
            for key, row in changed.items():
                if row is None:
                    table.pop(key, None)
                else:
                    table[key] = row
        self._end()
        for call in self.at_commit:
            call()
        if self.process.world.chance(self.process.world.weather.commit):
            self.process.world.trouble(self.process.name, "is cut off after the commit")
            raise FAILURES[0]()
        await self.process.step("committed")

    def roll_back(self) -> None:
        """Nothing of it happened."""
        self._changes.clear()
        self._end()

    def _end(self) -> None:
        if not self.ended:
            self.ended = True
            self.server.release(self)
            self.server.open.pop(id(self))
            self.process.open.pop(id(self))

    def _fail(self, what: str) -> None:
        error = self.process.world.random.choice(FAILURES)()
        self.process.world.trouble(self.process.name, f"{what}: {type(error).__name__}")
        self.roll_back()
        raise error


class Schema:
    """A service's tables; their name is for the locks."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def execute(self, tx: Tx, query: str, *args: Sequence[int]) -> None:
        """A statement that the product writes out where it needs it."""
        raise NotImplementedError(query)

    async def fetch(self, tx: Tx, query: str, limit: int) -> list[Row]:
        """A query that the product writes out where it needs it."""
        raise NotImplementedError(query)


class Pool:
    """What a process connects with; stands in for an asyncpg pool."""

    def __init__(self, server: Server, process: Process, schema: Schema) -> None:
        self._make = (server, process, schema)

    def acquire(self, timeout: float = 3) -> "Transaction":  # noqa: ARG002
        """A connection."""
        return Transaction(self)

    def begin(self) -> Tx:
        """A transaction more."""
        return Tx(*self._make)


class Transaction:
    """Stands in for `shared.db.transaction`: commits at the end of the block, or undoes it."""

    def __init__(self, pool: Pool) -> None:
        self._tx = pool.begin()

    async def __aenter__(self) -> Tx:
        try:
            await self._tx.statement("begin")
        except BaseException:
            self._tx.roll_back()
            raise
        return self._tx

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                await self._tx.commit()
        finally:
            self._tx.roll_back()


def _time_out(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(asyncpg.LockNotAvailableError("canceling statement due to lock timeout"))
