"""A link refuses, swallows, delays, or cuts in mid-message: see `tests.proof.proxy`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.proof.cluster import Cluster
from tests.proof.proxy import Mode
from tests.proof.schedule import Fault


@asynccontextmanager
async def disturb(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:
    """The kind of fault is the mode of the proxy. It is over when the services at its end serve."""
    link = cluster.links[fault.target]
    try:
        await link.set(Mode(fault.kind), fault.by or 0.0)
        yield tuple(name for name in cluster.services if fault.target.startswith(f"{name}-")) or cluster.services
    finally:
        await link.up()
