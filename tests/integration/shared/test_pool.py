"""What a connection of a pool has done before it is used for the first time."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from asyncpg.connection import LoggedQuery
from asyncpg.pool import PoolConnectionProxy

from shared import db

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("type_", "value"),
    [("uuid", uuid4()), ("text", "a"), ("int", 1), ("bigint", 2**40), ("bool", True), ("timestamptz", NOW),
     ("jsonb", "{}"), ("bytea", b"a")],
)  # fmt: skip
async def test_a_first_statement_with_an_array_asks_the_server_for_no_types(
    database_url: str, type_: str, value: object
) -> None:
    pool = await db.open_pool(database_url, "alerting")
    try:
        async with pool.acquire() as connection:
            asked: list[LoggedQuery] = []
            with connection.query_logger(asked.append):
                assert await connection.fetchval(f"SELECT $1::{type_}[]", [value]) == [value]
        assert [query.query for query in asked] == [f"SELECT $1::{type_}[]"]
    finally:
        await pool.close()


async def test_a_transaction_is_its_statements_and_nothing_comes_after_the_commit(database_url: str) -> None:
    pool = await db.open_pool(database_url, "alerting", size=1)
    try:
        async with pool.acquire() as connection:
            server = connection.get_server_pid()
        asked: list[LoggedQuery] = []
        async with db.transaction(pool) as tx:
            assert isinstance(tx, PoolConnectionProxy)
            tx.add_query_logger(asked.append)
            await tx.execute("SELECT 1")
        async with pool.acquire() as connection:
            assert connection.get_server_pid() == server
            assert not connection.is_in_transaction()
        assert [query.query for query in asked] == ["SELECT 1", "COMMIT;"]
    finally:
        await pool.close()


async def test_a_transaction_that_was_left_open_is_rolled_back_before_another_gets_the_connection(
    database_url: str,
) -> None:
    pool = await db.open_pool(database_url, "alerting", size=1)
    try:
        async with pool.acquire() as connection:
            await connection.execute("BEGIN; SELECT 1")
        async with pool.acquire() as connection:
            assert not connection.is_in_transaction()
    finally:
        await pool.close()
