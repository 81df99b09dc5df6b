"""The last result that was committed: docs/benchmarks/latest.json, its table and its drawings."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from tests.bench.drawing import draw
from tests.bench.measured import Curve, Measured
from tests.bench.rows import Row

FOLDER = Path("docs/benchmarks")
DRAWINGS = {
    "backlog": ("A backlog: seconds from the start of the service until all is folded in", 5_000.0),
    "rebuild": ("Rebuild of the views: seconds until built anew and compared", 1_000_000 / 240),
}
ABOUT = """# Benchmarks

Written by `make bench BENCH_KEEP=1`; `make bench` compares with it. Ratios say what the product costs beside the
baseline of the same run; absolute figures are those of this machine. Each row is measured on a product of its own
(Apache Kafka, PostgreSQL with fsync, three services, load generator, all on the machine). How, and what is missed and
why: [method.md](method.md).
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when a result was measured."""

    machine: str
    commit: str
    date: str


def before(folder: Path = FOLDER) -> Mapping[str, float]:
    """The value of each row of the last committed result; empty when there is none."""
    file = folder / "latest.json"
    if not file.exists():
        return {}
    return {row["name"]: row["value"] for row in json.loads(file.read_text())["rows"]}


def origin(today: date) -> Origin:
    """This machine and the commit that is checked out."""
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return Origin(_machine(), told.stdout.strip() or "unknown", today.isoformat())


def keep(found: Measured, where: Origin, folder: Path = FOLDER) -> None:
    """Write the result, the table and the drawings, to be committed."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = {name: [c for c in found.curves if c.drawing == name] for name in DRAWINGS}
    rows, curves = [asdict(row) for row in found.rows], [asdict(curve) for curve in found.curves]
    result = {**asdict(where), "rows": rows, "curves": curves}
    (folder / "latest.json").write_text(json.dumps(result, indent=2) + "\n")
    for name, these in shown.items():
        if these:
            title, target = DRAWINGS[name]
            (folder / f"{name}.svg").write_text(draw(title, these, target))
    (folder / "README.md").write_text(_page(found.rows, where, shown))


def _page(rows: Sequence[Row], where: Origin, shown: Mapping[str, Sequence[Curve]]) -> str:
    lines = [
        ABOUT,
        f"Measured {where.date} at commit {where.commit} on {where.machine}:"
        f" {sum(row.met for row in rows)} of {len(rows)} targets met.",
        "",
        "| what | value | baseline | ratio | target | met |",
        "|---|---|---|---|---|---|",
        *(f"| {' | '.join(cells(row))} |" for row in rows),
        "",
        *(f"![{DRAWINGS[name][0]}]({name}.svg)\n" for name, curves in shown.items() if curves),
    ]
    return "\n".join(lines) + "\n"


def cells(row: Row) -> tuple[str, str, str, str, str, str]:
    """A row as the words of a table."""
    return (
        row.name,
        f"{figure(row.value)} {row.unit}",
        "" if row.baseline is None else f"{figure(row.baseline)} {row.unit}",
        "" if row.ratio is None else f"{row.ratio:.2f}",
        row.target,
        "yes" if row.met else "no",
    )


def figure(value: float) -> str:
    """Three figures that count; thousands with a comma."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _machine() -> str:
    """Processor, cores, memory, system, Python."""
    named = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = named[0].partition(":")[2].strip() if named else platform.machine()
    cores = len(os.sched_getaffinity(0))
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor}, {cores} cores, {gib:.0f} GiB, Linux {platform.release()}, Python {platform.python_version()}"
