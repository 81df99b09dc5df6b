"""Processes that stand still: connected, silent, and unaware of it afterwards."""

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import asyncpg

from tests.proof.cluster import POSTGRES, Cluster
from tests.proof.schedule import Fault

AT_THE_LATEST_S = 60.0


@asynccontextmanager
async def freeze(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:
    """SIGSTOP, then SIGCONT. Of PostgreSQL its postmaster, one backend that works for a service, or all."""
    part = cluster.parts[fault.target]
    pids = [part.process.pid]
    if fault.target == POSTGRES:
        pids = await _chosen(cluster, part.process.pid, fault.manner or "whole")
    with _frozen(pids, fault.seconds):
        yield (fault.target,) if fault.target in cluster.services else (fault.target, *cluster.services)


async def _chosen(cluster: Cluster, postmaster: int, manner: str) -> list[int]:
    match manner:
        case "postmaster":
            return [postmaster]
        case "whole":
            return [postmaster, *children(postmaster)]
        case "backend":
            return [await _busy_backend(cluster.postgres.url)]
        case _:
            raise ValueError(f"of postgres, freeze its postmaster, a backend or the whole, not {manner!r}")


def children(pid: int) -> list[int]:
    """The processes that this one started and that are still there."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _busy_backend(url: str) -> int:
    """The one that works or worked last: with some luck it holds locks."""
    connection = await asyncpg.connect(url, timeout=3)
    try:
        return int(await connection.fetchval("""
            SELECT pid FROM pg_stat_activity
            WHERE application_name LIKE 'meldkamer-%' AND backend_type = 'client backend'
            ORDER BY state = 'idle', state_change DESC LIMIT 1
        """))  # fmt: skip
    finally:
        await connection.close()


@contextmanager
def _frozen(pids: Sequence[int], seconds: float) -> Iterator[None]:
    """A stopped postmaster cannot hear that our process died: somebody who outlives us wakes it then."""
    words = " ".join(map(str, pids))
    waker = subprocess.Popen(
        ["sh", "-c", f"sleep {seconds + AT_THE_LATEST_S:.0f}; kill -CONT {words}"],
        start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _send(pids, signal.SIGSTOP)
        yield
    finally:
        _send(pids, signal.SIGCONT)
        os.killpg(waker.pid, signal.SIGKILL)
        waker.wait()


def _send(pids: Sequence[int], signum: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signum)
