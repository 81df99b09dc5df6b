"""A cluster to look around in: it says where everything is, and each line that is typed is a fault."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from tests.proof.cluster import Cluster
from tests.proof.history import Writer, read
from tests.proof.injector import Injector
from tests.proof.schedule import parse

PREFIX = "meldkamer-proof-"


async def up(campus: str, brokers: int) -> None:
    """Until the end of the input, or Ctrl-C. `freeze intake for 5` happens at once and is undone after 5 s."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        async with Cluster(Path(folder), campus, brokers=brokers) as cluster:
            _say(_told(cluster))
            async for line in _typed():
                await _do(cluster, line)


async def _do(cluster: Cluster, line: str) -> None:
    """One fault with a history of its own, whose last line says whether it is over, or why not."""
    file = cluster.folder / "history.jsonl"
    file.unlink(missing_ok=True)
    try:
        schedule = parse(f"at 0 {line}")
    except ValueError as error:
        _say(str(error))
        return
    with Writer(file) as history:
        await Injector(cluster, history, _poison).run(schedule)
    *_, last = read(file)
    _say(f"{last.how}: {line} {last.value.get('why', '')}".rstrip())


async def _poison(kind: str, topic: str) -> None:
    _say(f"nobody here poisons {topic} with {kind}")


async def _typed() -> AsyncIterator[str]:
    """Lines of standard input, without blank ones."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        if line.strip():
            yield line.decode().strip()


def _told(cluster: Cluster) -> str:
    target = cluster.target
    rows = {
        "intake": target.intake,
        "alerting": " ".join(target.alerting),
        "monitor": f"{target.reporting}/monitor/",
        "kafka": ",".join(target.bootstrap),
        "postgres": target.database_url,
        "phones": f"{target.phones_url} leads to port {target.phones_port}",
        "admin token": target.admin_token,
        "source keys": " ".join(target.keys.values()),
        "logs": str(cluster.log_of("intake").parent),
        "parts": " ".join(cluster.parts),
        "links": " ".join(cluster.links),
    }
    return "".join(f"{name:12} {value}\n" for name, value in rows.items())


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command speaks
