"""Seconds against size on two logarithmic axes, as an SVG that is read on light and on dark ground."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.bench.measured import Curve

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 220, 50, 50
LABEL_PX = 17
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-size: 15px; font-weight: 600 }
  .grid { stroke: #d0d7de } .line { fill: none; stroke-width: 2.5 }
  .baseline { stroke-dasharray: 6 4; stroke-width: 1.5 }
  .target { stroke: #6e7781; stroke-dasharray: 2 4; stroke-width: 1.5; fill: none }
  .c0 { stroke: #0550ae } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df }
  circle { fill: #ffffff; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .grid { stroke: #3d444d } .target { stroke: #9198a1 } circle { fill: #0d1117 }
    .c0 { stroke: #79c0ff } .c1 { stroke: #ffa657 } .c2 { stroke: #7ee787 } .c3 { stroke: #d2a8ff }
  }
"""


@dataclass(frozen=True, slots=True)
class Axis:
    """Whole powers of ten from `low` to `high`, spread over pixels from `begin` to `end`."""

    low: int
    high: int
    begin: float
    end: float

    def at(self, value: float) -> float:
        """Where a value lies."""
        return self.begin + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.begin)

    @property
    def ticks(self) -> list[int]:
        """The exponents."""
        return list(range(self.low, self.high + 1))


def axis(values: Sequence[float], begin: float, end: float) -> Axis:
    """The powers of ten that hold all values, at least one decade."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return Axis(low, max(high, low + 1), begin, end)


def draw(title: str, curves: Sequence[Curve], target_a_second: float) -> str:
    """The whole SVG; the dotted line is the target, so many events a second."""
    points = [point for curve in curves for point in curve.points]
    x = axis([size for size, _ in points], LEFT, WIDTH - RIGHT)
    y = axis([seconds for _, seconds in points], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{escape(title)}"><style>{STYLE}</style>',
        f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>',
        *_grid(x, y),
        _target(x, y, target_a_second),
        *_lines(x, y, curves),
        *_labels(y, curves, target_a_second),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid(x: Axis, y: Axis) -> Iterator[str]:
    for tick in x.ticks:
        at = x.at(10**tick)
        yield f'<line class="grid" x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{_short(tick)}</text>'
    for tick in y.ticks:
        at = y.at(10**tick)
        yield f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}"/>'
        yield f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**tick:g} s</text>'
    yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">events</text>'


def _short(exponent: int) -> str:
    """1,000 as 1k, 1,000,000 as 1M."""
    thousands = {0: "", 1: "k", 2: "M", 3: "G"}
    return f"{10 ** (exponent % 3)}{thousands[exponent // 3]}"


def _target(x: Axis, y: Axis, a_second: float) -> str:
    """The line of that many events a second, as far as it lies within the axes."""
    low = max(10.0**x.low, a_second * 10.0**y.low)
    high = min(10.0**x.high, a_second * 10.0**y.high)
    ends = " ".join(f"{x.at(size):.1f},{y.at(size / a_second):.1f}" for size in (low, high))
    return f'<polyline class="target" points="{ends}"/>'


def _lines(x: Axis, y: Axis, curves: Sequence[Curve]) -> Iterator[str]:
    for number, curve in enumerate(curves):
        places = [(x.at(size), y.at(seconds)) for size, seconds in curve.points]
        kind = f"c{number % 4}{' baseline' if curve.baseline else ''}"
        drawn = " ".join(f"{left:.1f},{top:.1f}" for left, top in places)
        yield f'<polyline class="line {kind}" points="{drawn}"/>'
        for (left, top), (size, seconds) in zip(places, curve.points, strict=True):
            hint = f"{escape(curve.name)}: {size:,} in {seconds:.2f} s"
            yield f'<circle class="c{number % 4}" cx="{left:.1f}" cy="{top:.1f}" r="4"><title>{hint}</title></circle>'


def _labels(y: Axis, curves: Sequence[Curve], target_a_second: float) -> Iterator[str]:
    """The name of each line at its end, moved apart where they would cover each other."""
    wanted = sorted((y.at(curve.points[-1][1]), number, curve.name) for number, curve in enumerate(curves))
    free = float(TOP)
    for top, number, name in wanted:
        at = max(top, free)
        free = at + LABEL_PX
        left = WIDTH - RIGHT + 14
        yield f'<line class="line c{number % 4}" x1="{left}" y1="{at:.1f}" x2="{left + 14}" y2="{at:.1f}"/>'
        yield f'<text x="{left + 20}" y="{at + 4:.1f}">{escape(name)}</text>'
    yield (f'<text x="{WIDTH - RIGHT + 14}" y="{HEIGHT - BOTTOM}">dotted: target, {target_a_second:,.0f}/s</text>')
