"""What is measured of a running product, every ten seconds."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp
import orjson

from shared.db import Connection

MIB = 1024 * 1024
BLOCK = 512  # bytes, whatever the file system's own (stat(2))
_LAG = re.compile(r"^meldkamer_event_loop_lag_seconds (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Process:
    """One process: resident memory in MiB, open file descriptors, threads; the event loop's lag in ms if it has one."""

    rss_mib: float
    fds: int
    threads: int
    lag_ms: float | None


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its rows as PostgreSQL estimates them, and the bytes of its heap and of its indexes."""

    rows: int
    heap: int
    indexes: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. `t` is seconds since the load began, `sent` the incidents accepted so far, `kafka_mib` its folder's."""

    t: float
    sent: int
    processes: Mapping[str, Process]
    tables: Mapping[str, Table]
    outbox: int
    kafka_mib: float


def to_json(sample: Sample) -> bytes:
    """One line of build/soak.jsonl."""
    return orjson.dumps(asdict(sample)) + b"\n"


def from_json(line: bytes) -> Sample:
    """The sample of a line."""
    read = orjson.loads(line)
    read["processes"] = {name: Process(**process) for name, process in read["processes"].items()}
    read["tables"] = {name: Table(**table) for name, table in read["tables"].items()}
    return Sample(**read)


def process(pid: int, lag_ms: float | None) -> Process:
    """What the kernel says of a process."""
    proc = Path("/proc") / str(pid)
    status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines() if ":" in line)
    rss_kib = int(status["VmRSS"].split()[0])
    return Process(rss_kib / 1024, sum(1 for _ in (proc / "fd").iterdir()), int(status["Threads"]), lag_ms)


async def lag_ms(http: aiohttp.ClientSession, url: str) -> float | None:
    """The event loop's lag as a service's /metrics has it."""
    async with http.get(url) as answer:
        found = _LAG.search(await answer.text())
    return float(found[1]) * 1000 if found else None


async def tables(database: Connection) -> dict[str, Table]:
    """Every table of the services, by schema and name."""
    rows = await database.fetch(
        """
        SELECT schemaname || '.' || relname AS name, n_live_tup AS rows, pg_table_size(relid) AS heap,
               pg_indexes_size(relid) AS indexes
        FROM pg_stat_user_tables WHERE schemaname IN ('intake', 'alerting', 'reporting')
        """
    )
    return {row["name"]: Table(row["rows"], row["heap"], row["indexes"]) for row in rows}


async def outbox(database: Connection) -> int:
    """Records that wait to be relayed, of all services."""
    waiting: int = await database.fetchval(
        "SELECT (SELECT count(*) FROM alerting.outbox) + (SELECT count(*) FROM reporting.outbox)"
        " + (SELECT count(*) FROM intake.outbox)"
    )
    return waiting


def folder_mib(folder: Path) -> float:
    """What a folder takes of the disk; Kafka's indexes are files with holes."""
    return sum(file.stat().st_blocks * BLOCK for file in folder.rglob("*") if file.is_file()) / MIB
