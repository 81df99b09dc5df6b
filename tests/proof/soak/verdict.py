"""Whether anything grew: the last sixth of a soak is compared with its second sixth; the first is for warming up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from tests.proof.soak.sample import Sample

PARTS = 6
MEMORY_RATIO, MEMORY_MIB = 1.05, 4.0  # allocators keep what a busy moment needed; a leak of an hour is more than this
MORE_FDS = 5
ROW_RATIO = 1.15  # bytes a row: pages are filled unevenly, an index that is never cleaned grows without end
SMALL_ROWS = 1_000  # below it a page more or less decides
LAG_MS = 50.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was compared: its value early and late, in a unit, and whether that is flat."""

    name: str
    early: float
    late: float
    unit: str
    flat: bool


def findings(samples: Sequence[Sample]) -> list[Finding]:
    """Every comparison, those of processes first. Needs at least two samples a sixth."""
    size = len(samples) // PARTS
    if size < 2:
        raise ValueError(f"{len(samples)} samples are too few for a verdict: let it run longer")
    early, late = samples[size : 2 * size], samples[-size:]
    return [*_processes(early, late), _outbox(early, late), *_tables(early, late)]


def _processes(early: Sequence[Sample], late: Sequence[Sample]) -> Iterator[Finding]:
    for name, process in late[-1].processes.items():
        before, after = (median(s.processes[name].rss_mib for s in part) for part in (early, late))
        if process.lag_ms is not None:  # ours; Java's heap grows to its cap whatever it does
            flat = after <= max(before * MEMORY_RATIO, before + MEMORY_MIB)
            yield Finding(f"{name}: memory", before, after, "MiB", flat)
        before, after = (float(median(s.processes[name].fds for s in part)) for part in (early, late))
        yield Finding(f"{name}: file descriptors", before, after, "", after <= before + MORE_FDS)
        if process.lag_ms is not None:
            before, after = (median(s.processes[name].lag_ms or 0.0 for s in part) for part in (early, late))
            yield Finding(f"{name}: event-loop lag", before, after, "ms", after <= max(LAG_MS, before))


def _outbox(early: Sequence[Sample], late: Sequence[Sample]) -> Finding:
    before, after = (median(sample.outbox for sample in part) for part in (early, late))
    return Finding("outbox", before, after, "rows", after <= max(before, 100))


def _tables(early: Sequence[Sample], late: Sequence[Sample]) -> Iterator[Finding]:
    """Tables keep what happened and so grow with it: what must stay is the size of a row, heap and indexes."""
    for name, table in late[-1].tables.items():
        first = early[0].tables[name]
        if first.rows < SMALL_ROWS or table.rows < SMALL_ROWS:
            continue
        for part in ("heap", "indexes"):
            before, after = getattr(first, part) / first.rows, getattr(table, part) / table.rows
            yield Finding(f"{name}: {part}", before, after, "bytes a row", after <= before * ROW_RATIO)
