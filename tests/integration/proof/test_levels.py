"""Levels against real parts: what is behind or waits is counted, who cannot be asked is null."""

import asyncio
from dataclasses import replace
from pathlib import Path

import asyncpg

from deploy.embedded.kafka import Kafka
from deploy.embedded.ports import free_ports
from shared import topics
from tests.integration.proof.counterpart import SEED, service
from tests.proof.clients.levels import Levels
from tests.proof.clients.poisoner import Poison, Poisoner
from tests.proof.history import Line, Writer, read
from tests.proof.proxy import Mode, Proxy
from tests.proof.target import Target

GROUP = f"alerting-{SEED}"  # of which nobody ever acknowledged anything


async def looked(target: Target, path: Path, times: int) -> Line:
    """The last of so many levels, one a second."""
    with Writer(path) as history:
        looking = asyncio.create_task(Levels(target, history).run())
        try:
            await asyncio.sleep(times + 0.5)
        finally:
            looking.cancel()
            await asyncio.wait([looking])
    *_, last = read(path)
    return last


async def test_what_is_behind_and_what_waits_is_counted(tmp_path: Path, kafka: Kafka, database_url: str) -> None:
    with Writer(tmp_path / "poison") as history:
        async with Poisoner(tuple(kafka.bootstrap_servers), history) as poisoner:
            await poisoner.poison(Poison.NULL_VALUE, topics.FIRE)
    connection = await asyncpg.connect(database_url)
    await connection.execute("INSERT INTO alerting.outbox (topic, headers, created_at) VALUES ('alerts', '[]', now())")
    await connection.close()
    async with service() as base:
        target = replace(
            base, bootstrap=tuple(kafka.bootstrap_servers), database_url=database_url, groups=(GROUP,),
            ready={"intake": f"{base.intake}/intake/readyz", "alerting": f"http://127.0.0.1:{free_ports(1)[0]}"},
        )  # fmt: skip
        level = (await looked(target, tmp_path / "h", 3)).value
    assert level["lag"] == level["lags"][GROUP] >= 1
    assert (level["outbox"], level["overdue"], level["spool"]) == (1, 0, 0)
    assert level["ready"] == {"intake": True, "alerting": False}


async def test_what_cannot_be_asked_is_null_and_keeps_nothing_else_waiting(tmp_path: Path, database_url: str) -> None:
    port, nobody = free_ports(2)
    async with service() as base, Proxy(port, [nobody]) as proxy:
        proxy.set(Mode.BLACKHOLE)
        target = replace(base, bootstrap=(f"127.0.0.1:{port}",), database_url=database_url, groups=(GROUP,))
        level = (await looked(target, tmp_path / "h", 3)).value
    assert (level["lag"], level["lags"], level["outbox"]) == (None, None, 0)
