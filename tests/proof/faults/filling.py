"""The disk under PostgreSQL's log is full, and then there is room again."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import asyncpg

from shared import db
from tests.proof.cluster import POSTGRES, Cluster
from tests.proof.schedule import Fault

SEGMENTS = 64  # more than PostgreSQL keeps to use again


@asynccontextmanager
async def fill(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:
    """PostgreSQL panics when it needs another segment, and again at each recovery until there is room."""
    if cluster.disk is None:
        raise ValueError(f"{fault.target} has no small disk here: only root may mount one")
    try:
        cluster.disk.fill()
        await _use_up(cluster.postgres.url)
        yield (POSTGRES, *cluster.services)
    finally:
        cluster.disk.free()


async def _use_up(url: str) -> None:
    """Segments that were there already, until the server ends for want of one."""
    with suppress(*db.FAILURES):
        connection = await asyncpg.connect(url, timeout=3, command_timeout=5)
        try:
            for _ in range(SEGMENTS):
                await connection.execute("SELECT pg_logical_emit_message(true, 'proof', 'full')")
                await connection.execute("SELECT pg_switch_wal()")
        finally:
            connection.terminate()
