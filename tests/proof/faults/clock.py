"""A service whose wall clock jumps, and jumps back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.proof.clocks import SEEN_WITHIN_S, library
from tests.proof.cluster import Cluster
from tests.proof.schedule import Fault


@asynccontextmanager
async def clock(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:
    """Off `by` so many seconds from 2 s after the beginning at the latest to 2 s after the end."""
    if library() is None:
        raise ValueError("clocks cannot be moved here: apt install libfaketime")
    moved = cluster.clocks[fault.target]
    try:
        moved.move(fault.by or 0.0)
        yield (fault.target,)
    finally:
        moved.move(0)
    await asyncio.sleep(SEEN_WITHIN_S)
