"""The two panels of a drawn run that have an axis of their own: latency of the first page, reports a second."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from tests.proof.checker.bounds import BOUND_S
from tests.proof.checker.c02_in_time import waits
from tests.proof.checker.facts import Outcome
from tests.proof.checker.run import Run
from tests.proof.sheet import Sheet
from tests.proof.spread import Spread

LATENCY, RATE = 220, 120  # heights of the panels
WIDTH, LEFT, RIGHT = 1400, 160, 24
BINS = 620
OUTCOMES = {Outcome.DONE: ("accepted", "var(--accepted)"), Outcome.REFUSED: ("refused", "var(--refused)"),
            Outcome.UNKNOWN: ("unknown", "var(--unknown)")}  # fmt: skip
LATENCIES = {
    "p50": "var(--p50)",
    "p50 to p99": "var(--band)",
    "worst": "var(--worst)",
    "a fault or its healing": "var(--shade)",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Times of the run on the width of the sheet, in bins of a second or, in long runs, of more."""

    begin: float
    end: float

    @property
    def bins(self) -> int:
        """How many there are."""
        return self.bin(self.end) + 1

    @property
    def bin_s(self) -> float:
        """How long a bin is."""
        return max(1.0, (self.end - self.begin) / BINS)

    def x(self, t: float) -> float:
        """Where a time is; what is beyond the run is at its edge."""
        inside = min(max(t, self.begin), self.end)
        return LEFT + (inside - self.begin) / (self.end - self.begin) * (WIDTH - LEFT - RIGHT)

    def bin(self, t: float) -> int:
        """In which bin a time is."""
        return int((t - self.begin) // self.bin_s)

    def edge(self, bin_: float) -> float:
        """Where a bin begins; of half a number its middle."""
        return self.x(self.begin + bin_ * self.bin_s)


@dataclass(frozen=True, slots=True)
class Decades:
    """A logarithmic axis of seconds, from a power of ten to another, upwards from `bottom`."""

    first: int
    last: int
    bottom: float

    def y(self, seconds: float) -> float:
        """Where a latency is."""
        inside = min(max(log10(max(seconds, 1e-6)), self.first), self.last)
        return self.bottom - LATENCY * (inside - self.first) / (self.last - self.first)


def latency(sheet: Sheet, scale: Scale, run: Run, top: float) -> None:
    """From a report to the first page of its alert: p50 as a line, up to p99 as a bar, the worst as a dot."""
    sheet.text(24, top - 14, "To the first page", "head")
    key(sheet, top - 14, LATENCIES)
    bins: dict[int, list[float]] = defaultdict(list)
    for since, until in waits(run):
        bins[scale.bin(since)].append(until - since)
    spreads = {bin_: Spread.of(found) for bin_, found in sorted(bins.items())}
    axis = _decades(list(spreads.values()), top + LATENCY)
    _bounds(sheet, axis)
    width = max(1.0, scale.edge(1) - LEFT - 0.4)
    for bin_, spread in spreads.items():
        y = axis.y(spread.p99)
        sheet.box(scale.edge(bin_ + 0.5) - width / 2, y, width, axis.y(spread.p50) - y, "var(--band)")
    for part in _unbroken(sorted(spreads)):
        middles = [(scale.edge(bin_ + side), axis.y(spreads[bin_].p50)) for bin_ in part for side in (0.2, 0.8)]
        sheet.path(middles, "var(--p50)", stroke_width=1.3)
    for bin_, spread in spreads.items():
        sheet.dot(scale.edge(bin_ + 0.5), axis.y(spread.worst), 1.6, "var(--worst)", f"worst {spread.worst:.3f} s")


def _unbroken(bins: Sequence[int]) -> list[list[int]]:
    """Bins that follow each other: where nothing was reported there is no line."""
    parts: list[list[int]] = []
    for bin_ in bins:
        if parts and parts[-1][-1] == bin_ - 1:
            parts[-1].append(bin_)
        else:
            parts.append([bin_])
    return parts


def _decades(spreads: Sequence[Spread], bottom: float) -> Decades:
    """As many as there are latencies in, and always the bound."""
    last = max([log10(BOUND_S) + 1, *(ceil(log10(max(spread.worst, 1e-3))) for spread in spreads)])
    first = min([log10(BOUND_S) - 2, *(floor(log10(max(spread.p50, 1e-3))) for spread in spreads)])
    return Decades(int(first), int(last), bottom)


def _bounds(sheet: Sheet, axis: Decades) -> None:
    for power in range(axis.first, axis.last + 1):
        y, bound = axis.y(10.0**power), 10.0**power == BOUND_S
        label = f"{10**power} s" if power >= 0 else f"{10 ** (power + 3)} ms"
        more = {"stroke_dasharray": "5 4"} if bound else {}
        sheet.rule(LEFT, y, WIDTH - RIGHT, y, "var(--bad)" if bound else "var(--rule)", stroke_width=0.8, **more)
        sheet.text(LEFT - 10, y + 4, f"bound {label}" if bound else label, "quiet", "end")


def rate(sheet: Sheet, scale: Scale, run: Run, top: float) -> None:
    """What became of the reports of each second, one kind upon the other."""
    sheet.text(24, top - 14, "Reports a second", "head")
    key(sheet, top - 14, dict(OUTCOMES.values()))
    found: dict[int, Counter[Outcome]] = defaultdict(Counter)
    for attempts in run.reports.values():
        for op in attempts:
            found[scale.bin(op.t0)][op.outcome] += 1
    most = max((counts.total() for counts in found.values()), default=1)
    _rate_axis(sheet, top, most / scale.bin_s)
    below = [0] * scale.bins
    for outcome, (_, colour) in OUTCOMES.items():
        above = [below[bin_] + found[bin_][outcome] for bin_ in range(scale.bins)]
        upper, lower = (_stairs(scale, counts, top + RATE, RATE / most) for counts in (above, below))
        sheet.shape([*upper, *reversed(lower)], colour)
        below = above


def _stairs(scale: Scale, counts: Sequence[int], bottom: float, each: float) -> list[tuple[float, float]]:
    """The outline of bars without gaps."""
    return [(scale.edge(bin_ + side), bottom - count * each) for bin_, count in enumerate(counts) for side in (0, 1)]


def _rate_axis(sheet: Sheet, top: float, most: float) -> None:
    for share in (0.0, 0.5, 1.0):
        y = top + RATE * (1 - share)
        sheet.rule(LEFT, y, WIDTH - RIGHT, y, "var(--rule)", stroke_width=0.8)
        sheet.text(LEFT - 10, y + 4, f"{most * share:.0f}" if most >= 4 else f"{most * share:.1f}", "quiet", "end")


def key(sheet: Sheet, y: float, colours: Mapping[str, str]) -> None:
    """Which colour is what, in a row."""
    x = LEFT + 8.0
    for name, colour in colours.items():
        sheet.box(x, y - 10, 11, 11, colour, rx=2, stroke="#8a94a0", stroke_width=0.5)
        sheet.text(x + 16, y, name, "quiet")
        x += 36 + 6.6 * len(name)
