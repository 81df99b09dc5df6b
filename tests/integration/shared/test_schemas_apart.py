"""Each service has its own schema: its role reads that one, and no other's."""

from itertools import permutations

import asyncpg
import pytest

from shared import db
from shared.migrate import SERVICES


async def tables_of(url: str, schema: str) -> list[str]:
    """Every table of a schema, as its owner writes it."""
    owner = await asyncpg.connect(url)
    try:
        rows = await owner.fetch("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = $1",
                                 schema)  # fmt: skip
    finally:
        await owner.close()
    assert len(rows) > 3
    return [row[0] for row in rows]


@pytest.mark.parametrize(("service", "other"), list(permutations(SERVICES, 2)))
async def test_a_service_cannot_read_or_change_a_table_of_another(database_url: str, service: str, other: str) -> None:
    async with await db.open_pool(database_url, service) as pool:
        for table in await tables_of(database_url, other):
            for statement in (f"SELECT FROM {table}", f"DELETE FROM {table}"):  # noqa: S608
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await pool.execute(statement)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_its_own_tables(database_url: str, service: str) -> None:
    async with await db.open_pool(database_url, service) as pool:
        for table in await tables_of(database_url, service):
            await pool.execute(f"SELECT FROM {table}")
