"""What a benchmark says: a value, the baseline of the same run, the target, and whether it is met."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `ratio` is value over baseline, None where there is nothing to compare with."""

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None
    target: str
    met: bool


def at_most(name: str, value: float, unit: str, limit: float, baseline: float | None = None) -> Row:
    """A row that is met when the value is not over the limit."""
    ratio = None if baseline is None else value / baseline
    return Row(name, value, unit, baseline, ratio, f"<= {limit:g} {unit}", value <= limit)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(rows: Sequence[Row], file: Path) -> None:
    """Print the table, write the JSON, say how many targets are met."""
    table = Table(title="Benchmarks")
    for heading in ("what", "value", "baseline", "ratio", "target", "met"):
        table.add_column(heading)
    for row in rows:
        baseline = "" if row.baseline is None else f"{row.baseline:.2f} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(row.name, f"{row.value:.2f} {row.unit}", baseline, ratio, row.target, "yes" if row.met else "no")
    Console().print(table)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    print(f"bench: {sum(row.met for row in rows)} of {len(rows)} targets met")  # noqa: T201
