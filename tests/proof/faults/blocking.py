"""An event loop that does nothing for 3 s, as one that computes does: see `tests.proof.host`."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.proof.cluster import Cluster
from tests.proof.host import BLOCKED_S
from tests.proof.schedule import Fault


@asynccontextmanager
async def block(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:
    """Once; it ends by itself, after the schedule's `for` or 3 s, whichever is longer."""
    cluster.parts[fault.target].process.send(signal.SIGUSR2)
    yield (fault.target,)
    await asyncio.sleep(max(0.0, BLOCKED_S - fault.seconds))
