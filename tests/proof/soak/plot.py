"""A soak as a picture: one panel a measure, the minutes from left to right, a line for each process or store."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.proof.soak.sample import MIB, Process, Sample, Table

WIDTH, PANEL, GAP, LEFT, RIGHT, TOP = 960, 130, 44, 70, 190, 60
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-size: 15px; font-weight: 600 }
  .name { font-weight: 600 } .grid { stroke: #d0d7de } polyline { fill: none; stroke-width: 1.6 }
  .c0 { stroke: #0550ae } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df }
  .c4 { stroke: #bf3989 } .c5 { stroke: #6e7781 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .grid { stroke: #3d444d }
    .c0 { stroke: #79c0ff } .c1 { stroke: #ffa657 } .c2 { stroke: #7ee787 } .c3 { stroke: #d2a8ff }
    .c4 { stroke: #ff9bce } .c5 { stroke: #9198a1 }
  }
"""
COLOURS = 6
WARM_S = 120.0  # what is stored from the start is a part of each incident as long as there are few

SCHEMAS = ("alerting", "reporting")

Line = list[tuple[float, float]]
Size = Callable[[Sample], float]


@dataclass(frozen=True, slots=True)
class Panel:
    """What it shows, in which unit, and its lines of (minute, value)."""

    name: str
    unit: str
    lines: Mapping[str, Line]


def draw(title: str, samples: Sequence[Sample]) -> str:
    """The whole SVG."""
    panels = list(_panels(samples))
    height = TOP + len(panels) * (PANEL + GAP)
    minutes = max(samples[-1].t / 60, 1.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}"><style>{STYLE}</style>',
        f'<text class="title" x="{LEFT}" y="26">{escape(title)}</text>',
    ]
    for number, panel in enumerate(panels):
        parts += _panel(panel, TOP + number * (PANEL + GAP), minutes)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panels(samples: Sequence[Sample]) -> Iterator[Panel]:
    yield Panel("memory", "MiB", _processes(samples, lambda process: process.rss_mib))
    yield Panel("file descriptors", "", _processes(samples, lambda process: process.fds))
    yield Panel("event-loop lag", "ms", _processes(samples, lambda process: process.lag_ms))
    yield Panel("waiting in the outbox", "rows", {"outbox": _line(samples, lambda s: s.outbox)})
    stores = {f"{schema} {part}": _store(schema, part) for schema in SCHEMAS for part in ("heap", "indexes")}
    stores["Kafka"] = lambda s: s.kafka_mib
    yield Panel("stored", "MiB", {name: _line(samples, size) for name, size in stores.items()})
    loaded = [sample for sample in samples if sample.t >= WARM_S]
    each = {name: [(s.t / 60, size(s) * 1024 / s.sent) for s in loaded] for name, size in stores.items()}
    yield Panel("stored for each accepted incident", "KiB", each)


def _processes(samples: Sequence[Sample], value: Callable[[Process], float | None]) -> dict[str, Line]:
    """A line for each process that has this value."""
    seen = {
        name: [(s.t / 60, found) for s in samples if (found := value(s.processes[name])) is not None]
        for name in samples[-1].processes
    }
    return {name: line for name, line in seen.items() if line}


def _line(samples: Sequence[Sample], value: Size) -> Line:
    return [(sample.t / 60, value(sample)) for sample in samples]


def _store(schema: str, part: str) -> Size:
    """MiB of a schema's heaps or indexes."""

    def of(table: Table) -> int:
        return table.heap if part == "heap" else table.indexes

    return lambda s: sum(of(table) for name, table in s.tables.items() if name.startswith(f"{schema}.")) / MIB


def _panel(panel: Panel, top: float, minutes: float) -> Iterator[str]:
    highest = max((value for line in panel.lines.values() for _, value in line), default=0) or 1
    yield f'<text class="name" x="{LEFT}" y="{top - 8}">{panel.name}</text>'
    for share in (0, 0.5, 1):
        at = top + PANEL * (1 - share)
        yield f'<line class="grid" x1="{LEFT}" y1="{at}" x2="{WIDTH - RIGHT}" y2="{at}"/>'
        value = highest * share
        label = f"{value:,.0f} {panel.unit}" if value >= 10 else f"{value:.2g} {panel.unit}"
        yield f'<text x="{LEFT - 6}" y="{at + 4}" text-anchor="end">{label}</text>'
    for minute in range(0, int(minutes) + 1, max(1, round(minutes / 6))):
        left = LEFT + minute / minutes * (WIDTH - LEFT - RIGHT)
        yield f'<text x="{left:.0f}" y="{top + PANEL + 16}" text-anchor="middle">{minute} min</text>'
    for number, (name, line) in enumerate(panel.lines.items()):
        points = " ".join(
            f"{LEFT + minute / minutes * (WIDTH - LEFT - RIGHT):.1f},{top + PANEL * (1 - value / highest):.1f}"
            for minute, value in line
        )
        colour = f"c{number % COLOURS}"
        key = top + 10 + number * 17
        yield f'<polyline class="{colour}" points="{points}"/>'
        yield f'<polyline class="{colour}" points="{WIDTH - RIGHT + 12},{key} {WIDTH - RIGHT + 28},{key}"/>'
        yield f'<text x="{WIDTH - RIGHT + 34}" y="{key + 4}">{escape(name)}</text>'
