"""What a database answers when it fails: one of each that `shared.db` tells apart."""

from collections.abc import Callable

import asyncpg

# Cut off, restarting, too busy, too slow, turned read-only.
FAILURES: tuple[Callable[[], Exception], ...] = (
    lambda: asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    lambda: asyncpg.CannotConnectNowError("the database system is starting up"),
    lambda: asyncpg.SerializationError("could not serialize access"),
    lambda: asyncpg.TooManyConnectionsError("too many clients"),
    lambda: asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    lambda: asyncpg.ReadOnlySQLTransactionError("cannot execute in a read-only transaction"),
    lambda: asyncpg.InterfaceError("connection is closed"),
    lambda: ConnectionResetError("Connection reset by peer"),
    lambda: TimeoutError(),
)
