"""How tests look at a cluster: a fault by its line, what services say of themselves, how processes are."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg

from shared import db
from tests.proof.cluster import Cluster
from tests.proof.injector import DOINGS
from tests.proof.schedule import Fault, parse


def fault(line: str) -> Fault:
    """One fault, at once."""
    return parse(f"at 0 {line}").faults[0]


@asynccontextmanager
async def lasting(cluster: Cluster, line: str) -> AsyncIterator[Sequence[str]]:
    """While the fault lasts; afterwards what it hit serves again."""
    what = fault(line)
    async with DOINGS[what.kind](cluster, what) as hit:
        yield hit
    await cluster.keeper.revived(hit)


async def says_ready(cluster: Cluster, name: str, within: float = 1.0) -> int | None:
    """The status of /readyz, past the proxies; None when nothing comes."""
    return await status(cluster.target.ready[name], within)


async def status(url: str, within: float = 1.0) -> int | None:
    """The status of an answer; None when nothing comes."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within)) as client,
            client.get(url) as reply,
        ):
            return reply.status
    except (aiohttp.ClientError, TimeoutError):
        return None


async def becomes(cluster: Cluster, name: str, wanted: int | None, within: float = 20.0) -> None:
    """Return once /readyz says so; a service needs 3 s to find that a database is silent."""
    async with asyncio.timeout(within):
        while await says_ready(cluster, name, within=5) != wanted:
            await asyncio.sleep(0.05)


def is_frozen(pid: int) -> bool:
    """As /proc tells: T is stopped. One that has ended meanwhile is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def answers(url: str, within: float = 1.0) -> bool:
    """Whether a new connection to PostgreSQL gets an answer."""
    try:
        async with asyncio.timeout(within):
            connection = await asyncpg.connect(url)
            await connection.fetchval("SELECT 1")
            connection.terminate()
    except db.FAILURES:
        return False
    return True
