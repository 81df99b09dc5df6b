"""How much load a machine carries, so that a run is judged by what faults do to the product and not by its processor.

Before the faults, on clusters of their own, for half a minute each: first what was wished for, and when the machine
does not carry that, rates below it until the highest is found that it does carry.
"""

import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.proof import grounds
from tests.proof.apart import LoadApart
from tests.proof.checker.bounds import BOUND_S
from tests.proof.checker.c02_in_time import waits
from tests.proof.checker.gather import from_file
from tests.proof.cluster import Cluster
from tests.proof.history import How, Writer
from tests.proof.readback import records
from tests.proof.spread import Spread

RATES = (25.0, 35.0, 50.0, 70.0, 100.0, 140.0, 200.0)  # incidents a second
CARRIED_S = BOUND_S / 4  # p99 of the first pages: what is left of the bound is for the faults
PLAYED_S = 30.0
WARM_S = 8.0  # the beginning of a load is not judged


@dataclass(frozen=True, slots=True)
class Carried:
    """The highest rate that is carried, what was wished for, and the first pages at that rate without faults.

    `fits` is False when not even the lowest rate is carried: the run may then be judged by the machine.
    """

    rate: float
    wished: float
    fits: bool
    first_page: Spread

    @property
    def played(self) -> float:
        """The rate of the run. Less than what was wished is all that a machine can do: half is for catching up."""
        return self.rate if self.rate == self.wished else self.rate / 2


async def carried(measure: Callable[[float], Awaitable[Spread]], rates: Sequence[float] = RATES) -> Carried:
    """The highest of these rates (in order) that is carried, asking seldom; the lowest when none is."""
    spread = await measure(rates[-1])
    if _fast(spread):
        return Carried(rates[-1], rates[-1], True, spread)
    found: Carried | None = None
    low, high = 0, len(rates) - 1  # what is below `low` is carried, what is not below `high` is not
    while low < high:
        middle = (low + high) // 2
        spread = await measure(rates[middle])
        if _fast(spread):
            found, low = Carried(rates[middle], rates[-1], True, spread), middle + 1
        else:
            high = middle
    return found or Carried(rates[0], rates[-1], False, spread)


async def first_pages(rate: float, brokers: int, seed: int) -> Spread:
    """How long sources waited for the first page of an alert, on a whole cluster at so many incidents a second."""
    with tempfile.TemporaryDirectory(prefix="meldkamer-carry-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "history.jsonl"
        with Writer(path) as lines:
            cluster = Cluster(Path(folder), grounds.campus_file(), brokers=brokers)
            lines.write("run", "run", How.INFO, "begin", wall=time.time(), t=time.monotonic())
            lines.flush()
            async with cluster:
                async with LoadApart(cluster.target, path, seed, rate) as load:
                    await load.run(PLAYED_S)
                await records(cluster.target.bootstrap, lines)
        run = from_file(path)
    return Spread.of(until - since for since, until in waits(run) if since > run.began + WARM_S)


def _fast(spread: Spread) -> bool:
    return spread.n > 0 and spread.p99 <= CARRIED_S
