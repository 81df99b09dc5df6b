"""Runs a schedule against a cluster, and writes into the history when each fault began and when it was over."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from tests.proof.cluster import Cluster
from tests.proof.faults import blocking, clock, filling, freezing, joining, killing, restarting, roads
from tests.proof.history import How, Writer
from tests.proof.parts import HEALED_WITHIN_S
from tests.proof.schedule import NETWORK, Fault, Kind, Schedule

WHO = "faults"
Poison = Callable[[str, str], Awaitable[object]]
Doing = Callable[[Cluster, Fault], AbstractAsyncContextManager[Sequence[str]]]
DOINGS: Mapping[Kind, Doing] = {
    Kind.KILL: killing.kill,
    Kind.TERM: killing.term,
    Kind.FREEZE: freezing.freeze,
    Kind.BLOCK: blocking.block,
    Kind.CLOCK: clock.clock,
    Kind.JOIN: joining.join,
    Kind.RESTART: restarting.restart,
    Kind.FILL: filling.fill,
    **dict.fromkeys(NETWORK, roads.disturb),
}


class Injector:
    """`await Injector(cluster, history, poison).run(schedule)`; poison(kind, topic) sends one record.

    Each fault has an `invoke` when it begins, and an `ok` when it is undone and the parts it hit serve again. One that
    cannot be done has a `fail` once what was done of it is undone, one that does not heal within 60 s or cannot be
    undone an `info`; both say why, and the run goes on.
    """

    def __init__(
        self, cluster: Cluster, history: Writer, poison: Poison, heals_within: float = HEALED_WITHIN_S
    ) -> None:
        self._cluster, self._history, self._poison = cluster, history, poison
        self._heals_within = heals_within
        self._ids = itertools.count(1)
        self._lasting: dict[Fault, asyncio.Task[None]] = {}

    async def run(self, schedule: Schedule) -> None:
        """Every fault at its time, counted from now. One that is to begin after others are over waits for them."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as doing:
            for fault in schedule.faults:
                await asyncio.sleep(began + fault.at - loop.time())
                late = loop.time()
                await self._over(fault.at)
                began += loop.time() - late
                self._lasting[fault] = doing.create_task(self._do(fault), name=str(fault))

    async def _over(self, at: float) -> None:
        """Two faults at once are meant, and drawn; two because the first heals slowly are not."""
        before = [fault for fault in self._lasting if fault.end <= at]
        for fault in before:
            await self._lasting.pop(fault)

    async def _do(self, fault: Fault) -> None:
        number = str(next(self._ids))
        said = {"kind": fault.kind, "target": fault.target, "seconds": fault.seconds, "text": str(fault)}
        self._history.write(WHO, "fault", How.INVOKE, number, **said)
        done = False
        try:
            doing = _of(fault, self._poison)
            async with doing(self._cluster, fault) as hit:
                done = True
                await asyncio.sleep(fault.seconds)
            await self._cluster.keeper.revived(hit, self._heals_within)
        except TimeoutError:
            self._history.write(WHO, "fault", How.INFO, number, why=f"not healed after {self._heals_within:g} s")
        except Exception as error:  # noqa: BLE001 - a fault that fails is told in the history, and the run goes on
            undone = not done and error.__context__ is None  # what fails while it is undone has what failed before
            how = How.FAIL if undone else How.INFO
            self._history.write(WHO, "fault", how, number, why=f"{type(error).__name__}: {error}")
        else:
            self._history.write(WHO, "fault", How.OK, number)


def _of(fault: Fault, poison: Poison) -> Doing:
    if fault.kind is not Kind.POISON:
        return DOINGS[fault.kind]

    @asynccontextmanager
    async def send(cluster: Cluster, fault: Fault) -> AsyncIterator[Sequence[str]]:  # noqa: ARG001
        """It is over as soon as it is sent: what comes of it is for ever."""
        await poison(fault.manner, fault.target)
        yield ()

    return send
