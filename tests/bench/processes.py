"""Processes that a benchmark needs beside the product: the load generator, the bare handler."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from uuid import uuid4

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded.ports import free_ports
from deploy.embedded.service import Plan, Service
from tests.bench.http_load import Load, Tally
from tests.e2e.product import Product

ANSWERS_WITHIN_S = 20


class Generator:
    """Asks the load generator's process for one load after another."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, load: Load) -> Tally:
        """Events a second and what else came of it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(load)).encode() + b"\n")
        async with asyncio.timeout(load.seconds + ANSWERS_WITHIN_S):
            tally = Tally(**json.loads(await self._process.stdout.readline()))
        assert tally.refused < tally.requests / 10, (
            tally
        )  # Kafka's ack takes over 1.5 s on a machine that does much else
        return tally


@asynccontextmanager
async def generator() -> AsyncIterator[Generator]:
    """A load generator that is gone afterwards."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.http_load", stdin=pipe, stdout=pipe
    )
    try:
        yield Generator(process)
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def bare(product: Product) -> AsyncIterator[tuple[int, Service]]:
    """The port and the process of the bare handler, with a topic like those of intake."""
    topic, port = await new_topic(product.kafka.bootstrap_servers, product.partitions), free_ports(1)[0]
    told = {"BARE_PORT": str(port), "BARE_BOOTSTRAP": product.kafka.bootstrap_servers[0], "BARE_TOPIC": topic}
    log = product.folder / "logs" / "bare.log"
    service = Service(Plan("bare", "tests.bench.bare", log, told, f"http://127.0.0.1:{port}/readyz"))
    await service.start()
    await service.ready()
    try:
        yield port, service
    finally:
        await service.stop()


async def new_topic(bootstrap: list[str], partitions: int) -> str:
    """A topic that nobody else reads."""
    name = f"bench.{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, partitions, 1)])
    finally:
        await admin.close()
    return name
