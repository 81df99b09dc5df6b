"""A broker or PostgreSQL ends and begins again, in the ways they do."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.proof.cluster import POSTGRES, Cluster
from tests.proof.parts import Broker
from tests.proof.schedule import Fault

GRACE_S = 10.0


@asynccontextmanager
async def restart(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:
    """A broker: kill, clean (SIGTERM), empty (killed, and its data gone). PostgreSQL: kill, immediate (SIGQUIT)."""
    part = cluster.parts[fault.target]
    if fault.manner == "empty":
        await _others_have_all(cluster)
    with cluster.keeper.keep_down(fault.target):
        match fault.manner:
            case "kill" | "empty":
                await part.process.kill()
            case "clean":
                await part.process.stop(signal.SIGTERM, GRACE_S)
            case "immediate" if fault.target == POSTGRES:
                await part.process.stop(signal.SIGQUIT, GRACE_S)
            case _:
                raise ValueError(f"{fault.target} does not restart {fault.manner!r}")
        if fault.manner == "empty" and isinstance(part, Broker):
            await asyncio.to_thread(shutil.rmtree, part.data)
        yield (fault.target, *cluster.services)


async def _others_have_all(cluster: Cluster) -> None:
    """Data may be lost once, not twice: only when every broker has everything."""
    if len(cluster.brokers) == 1:
        raise ValueError("the only broker cannot lose its data: nobody else has it")
    await cluster.replicated()
