"""Looks once a second at what should go down to nothing: lag, outbox, what is overdue; and at who says to be ready."""

import asyncio

from tests.proof.clients.probes import EVERY_S, Database, Kafka, Latest, Ready
from tests.proof.history import How, Writer
from tests.proof.target import Target


class Levels:
    """`run` until cancelled. A level that could not be asked is null."""

    def __init__(self, target: Target, history: Writer) -> None:
        self._history = history
        self._lags = Latest(Kafka(target.bootstrap, target.groups))
        self._depths = Latest(Database(target.database_url))
        self._ready = {name: Latest(Ready(url)) for name, url in target.ready.items()}

    async def run(self) -> None:
        """One line a second, whoever answers."""
        async with asyncio.TaskGroup() as asking:
            asking.create_task(self._lags.run())
            asking.create_task(self._depths.run())
            for ready in self._ready.values():
                asking.create_task(ready.run())
            while True:
                await asyncio.sleep(EVERY_S)
                self._look()

    def _look(self) -> None:
        """`spool` is 0, for the product keeps none yet; `lags` tells of each group that is behind."""
        lags, depths = self._lags.answer, self._depths.answer
        self._history.write(
            "levels", "level", How.INFO,
            lag=None if lags is None else sum(lags.values()),
            lags=lags and {group: lag for group, lag in lags.items() if lag},
            spool=0,
            outbox=depths and depths.outbox,
            overdue=depths and depths.timers + depths.leases,
            timers=depths and depths.timers,
            leases=depths and depths.leases,
            ready={name: bool(latest.answer) for name, latest in self._ready.items()},
        )  # fmt: skip
