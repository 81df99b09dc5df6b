"""A service ends: without warning, or asked to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.proof.cluster import Cluster
from tests.proof.schedule import Fault

GRACE_S = 12.0  # a container's is longer


@asynccontextmanager
async def kill(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:
    """kill -9."""
    with cluster.keeper.keep_down(fault.target):
        await cluster.parts[fault.target].process.kill()
        yield (fault.target,)


@asynccontextmanager
async def term(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:
    """SIGTERM: what it has begun it may end."""
    with cluster.keeper.keep_down(fault.target):
        await cluster.parts[fault.target].process.stop(grace=GRACE_S)
        yield (fault.target,)
