"""PostgreSQL: one pool a service, in the service's own schema and role, that never hangs on a frozen server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

TRANSIENT_CLASSES = ("08", "40", "53", "55", "57", "58")
# A password, a database, a schema, a right or a table that is not there: no record can be the cause of it.
SERVER_CLASSES = ("28", "3D", "3F", "42")
# Whatever a statement or a connection can fail with; `is_transient` tells which of it passes.
FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
READ_ONLY = "25006"
IDLE_IN_TRANSACTION = "25P03"


async def open_pool(url: str, service: str, size: int = 8, schema: str | None = None) -> Pool:
    """A pool whose connections see only the service's schema, as its role. Connects when it is used, not here.

    The time-outs make a frozen server an error within 3 s.
    """
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        timeout=3,
        command_timeout=3,
        max_inactive_connection_lifetime=60,
        max_cached_statement_lifetime=0,  # the first alarm after a quiet hour finds its statements planned
        init=_learn_arrays,
        connection_class=_Kept,
        server_settings={
            "role": role_of(service),
            "search_path": schema or service,
            "application_name": f"meldkamer-{service}",
            "timezone": "UTC",
            "jit": "off",
            "idle_in_transaction_session_timeout": "2000",
            "statement_timeout": "2500",
            "lock_timeout": "1000",
            "tcp_user_timeout": "3000",
        },
    )


class _Kept(asyncpg.Connection):
    """Given back as it is: nobody here changes a session, and clearing one up after each transaction is a round trip.

    A transaction that is still open is rolled back all the same.
    """

    def get_reset_query(self) -> str:
        """Nothing."""
        return ""


async def _learn_arrays(connection: Connection) -> None:
    """Ask the server once for the arrays that statements take; else each new one asks, and a first alarm waits."""
    await connection.fetchrow(
        "SELECT $1::uuid[], $2::text[], $3::int[], $4::bigint[], $5::bool[], $6::timestamptz[], $7::jsonb[],"
        " $8::bytea[]",
        *[[]] * 8,
    )


def role_of(service: str) -> str:
    """The database role that owns the service's schema."""
    return f"meldkamer_{service}"


def is_transient(error: BaseException) -> bool:
    """True when the same transaction may succeed later: the server is away, full, busy or was restarted."""
    match error:
        case asyncpg.PostgresError():
            state = error.sqlstate or ""
            return state[:2] in TRANSIENT_CLASSES or state in (READ_ONLY, IDLE_IN_TRANSACTION)
        case asyncpg.InterfaceError() | asyncpg.InternalClientError():  # the second when it is cut off in a hand-shake
            return True
        case OSError():  # of a connection; one with a file's or a template's name is our own mistake
            return error.filename is None and not isinstance(error, LookupError)
        case _:
            return False


class Blame(Enum):
    """What a failed transaction is to be blamed on, as far as can be known."""

    RECORD = auto()
    SIZE = auto()
    SERVER = auto()


def blame(error: Exception) -> Blame:
    """The server is waited for; what took too long may be too much at once; anything else is the record's doing."""
    match error:
        case asyncpg.QueryCanceledError() | TimeoutError():
            return Blame.SIZE
        case asyncpg.PostgresError() if (error.sqlstate or "")[:2] in SERVER_CLASSES:
            return Blame.SERVER
        case _:
            return Blame.SERVER if is_transient(error) else Blame.RECORD


def without_row(error: Exception) -> Exception:
    """The error without PostgreSQL's DETAIL, which quotes the failing row: names and words are nothing for a log."""
    if isinstance(error, asyncpg.PostgresError):
        error.detail = None
    return error


def raise_if_cancelled(error: Exception) -> None:
    """A cut connection may hide a cancellation behind its own error: whoever would try again asks here first."""
    if (task := asyncio.current_task()) and task.cancelling():
        raise asyncio.CancelledError from error


def raise_unless_transient(error: Exception) -> None:
    """Return when the loop that asks should try again: for a mistake of ours it should not, nor when it is to end."""
    raise_if_cancelled(error)
    if not is_transient(error):
        raise error


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A connection in a transaction; a server that turned read-only makes the pool reconnect."""
    try:
        async with pool.acquire(timeout=3) as connection, connection.transaction():
            yield connection
    except asyncpg.ReadOnlySQLTransactionError:
        await pool.expire_connections()
        raise
