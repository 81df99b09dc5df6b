"""A second process in a service's consumer group: partitions go to it and come back."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from deploy.embedded.ports import free_ports
from tests.proof.cluster import Cluster
from tests.proof.schedule import Fault


@asynccontextmanager
async def join(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:
    """The same service once more, by the same roads; it leaves on SIGTERM. A start takes a part of `for`."""
    member = cluster.service(fault.target, f"{fault.target}-2", free_ports(1)[0])
    try:
        await member.start()
        yield (fault.target,)
    finally:
        await member.stop()
