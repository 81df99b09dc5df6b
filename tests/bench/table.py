"""What a run prints and leaves in build/bench.json."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.kept import cells, figure
from tests.bench.rows import Row

WIDE = 140


def report(rows: Sequence[Row], before: Mapping[str, float], file: Path) -> None:
    """Print the table, write the JSON, say how many targets are met; `before` is the last committed result."""
    table = Table(title="Benchmarks")
    table.add_column("what", overflow="fold", min_width=24)
    for heading in ("value", "baseline", "ratio", "target", "met", "before"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*cells(row), said_before(row, before))
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    print(f"bench: {sum(row.met for row in rows)} of {len(rows)} targets met")  # noqa: T201


def said_before(row: Row, before: Mapping[str, float]) -> str:
    """The value of the last committed result and how far this one is from it."""
    if (then := before.get(row.name)) is None:
        return ""
    return f"{figure(then)} ({(row.value / then - 1) * 100:+.0f} %)" if then else figure(then)
