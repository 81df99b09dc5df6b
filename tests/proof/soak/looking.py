"""Looks at a running product every ten seconds, and keeps what it saw at once."""

import asyncio
import re
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
import asyncpg

from deploy.embedded.service import Service
from tests.e2e.product import Product
from tests.proof.soak import sample
from tests.proof.soak.sample import Sample

EVERY_S = 10.0
TELL_EVERY = 6
_TAKEN = re.compile(r'^meldkamer_incidents_total{[^}]*outcome="(?:published|spooled)"[^}]*} (\S+)', re.MULTILINE)


class Looking:
    """`async with Looking(product, file) as looking: ...; looking.samples`."""

    def __init__(self, product: Product, file: Path) -> None:
        self._product, self._file = product, file
        self.samples: list[Sample] = []

    async def __aenter__(self) -> Self:
        self._file.unlink(missing_ok=True)
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))
        self._database = await asyncpg.connect(self._product.postgres.url)
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        ended = await asyncio.gather(self._task, return_exceptions=True)
        await self._database.close()
        await self._http.close()
        if error is None and isinstance(ended[0], Exception):
            raise ended[0]

    async def _run(self) -> None:
        began = time.monotonic()
        while True:
            seen = await self._look(time.monotonic() - began)
            self.samples.append(seen)
            with self._file.open("ab") as file:
                file.write(sample.to_json(seen))
            if len(self.samples) % TELL_EVERY == 0:
                memory = ", ".join(f"{name} {p.rss_mib:.0f}" for name, p in seen.processes.items())
                print(f"{seen.t / 60:4.0f} min: {seen.sent} accepted; MiB: {memory}", flush=True)  # noqa: T201
            await asyncio.sleep(max(0.0, began + len(self.samples) * EVERY_S - time.monotonic()))

    async def _look(self, t: float) -> Sample:
        product = self._product
        processes = {"kafka": sample.process(product.kafka.process().pid, None)}
        for service in (*product.services, product.alerting_b):
            lag = await sample.lag_ms(self._http, self._metrics(service))
            processes[service.name] = sample.process(service.process.pid, lag)
        async with self._http.get(self._metrics(product.intake)) as answer:
            sent = sum(float(value) for value in _TAKEN.findall(await answer.text()))
        tables, outbox = await sample.tables(self._database), await sample.outbox(self._database)
        folder = await asyncio.to_thread(sample.folder_mib, product.kafka.folder)
        return Sample(t, int(sent), processes, tables, outbox, folder)

    def _metrics(self, service: Service) -> str:
        return self._product.url(service.name, "/metrics")
