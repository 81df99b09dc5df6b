"""A run as a picture: what was done to the product over the minutes, and what became of reports and pages."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log10
from pathlib import Path

from tests.proof.checker.bounds import BOUND_S
from tests.proof.checker.c02_in_time import first_calls
from tests.proof.checker.facts import Outcome
from tests.proof.checker.run import Run
from tests.proof.report import Spread, Summary
from tests.proof.sheet import Sheet

WIDTH, LEFT, RIGHT = 1400, 150, 24
TOP, LANE, GAP = 96, 15, 58
LATENCY, RATE = 210, 120  # heights of the panels
FASTEST_S, SLOWEST_S = 0.001, 100.0
BINS = 620
LABELS = {0.001: "1 ms", 0.01: "10 ms", 0.1: "100 ms", 1.0: "1 s", 10.0: "10 s", 100.0: "100 s"}
# A hue for each family of faults, its kinds from dark to light: to a process, a store, a link, a clock or a topic.
KINDS = {
    "kill": "#7a1fa2", "term": "#a45cc4", "freeze": "#c78fdc", "block": "#dfbfec",
    "restart": "#b3541e", "fill": "#e39a5b",
    "refuse": "#0b6e6e", "blackhole": "#1f9a8f", "delay": "#66bfb2", "cut": "#a5dad0",
    "clock": "#c2a500", "join": "#8a8f98", "poison": "#d6457f",
}  # fmt: skip
OTHER = "#6b7280"
OUTCOMES = {Outcome.DONE: ("accepted", "var(--accepted)"), Outcome.REFUSED: ("refused", "var(--refused)"),
            Outcome.UNKNOWN: ("unknown", "var(--unknown)")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """Times of the run on the width of the sheet, in bins of a second or, in long runs, of more."""

    begin: float
    end: float

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

    def middle(self, bin_: int) -> float:
        """Where the middle of a bin is."""
        return self.x(self.begin + (bin_ + 0.5) * self.bin_s)


def draw(run: Run, summary: Summary, path: Path) -> None:
    """Faults, page latency, reports and violations, one under the other on one axis of time."""
    last = max([run.begin.t + 1.0, *(look.t for look in run.looks[-1:]), *(m.t for m in run.messages[-1:])])
    scale = Scale(run.begin.t, run.end if isfinite(run.end) else last)
    title = f"Fault run, seed {summary.seed}, {summary.minutes:g} minutes"
    sheet = Sheet(WIDTH, title)
    lanes = sorted({fault.target for fault in run.faults}) or ["nothing"]
    latency = TOP + 24 + len(lanes) * LANE + GAP
    rate = latency + LATENCY + GAP
    bottom = rate + RATE
    _title(sheet, title, summary)
    _shade(sheet, scale, run, bottom)
    _minutes(sheet, scale, bottom)
    _faults(sheet, scale, run, lanes)
    _latency(sheet, scale, run, latency)
    _rate(sheet, scale, run, rate)
    _violations(sheet, scale, summary, bottom)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(sheet.svg(bottom + 74), encoding="utf-8")


def _title(sheet: Sheet, title: str, summary: Summary) -> None:
    sheet.text(24, 36, title, "title")
    sheet.text(24, 58, f"commit {summary.commit} on {summary.machine}", "quiet")
    broken = len(summary.violations)
    words = "no promise broken" if not broken else f"{broken:,} violations"
    sheet.text(WIDTH - RIGHT, 36, words, "bad" if broken else "good", "end")
    counts = f"{summary.accepted:,} accepted, {summary.refused:,} refused, {summary.unknown:,} unknown"
    sheet.text(
        WIDTH - RIGHT, 58, f"{counts}; {summary.pages:,} pages, {summary.duplicates:,} sent again", "quiet", "end"
    )


def _shade(sheet: Sheet, scale: Scale, run: Run, bottom: float) -> None:
    """The times at which faults excuse a delay, behind everything."""
    for begin, end in run.disturbed:
        sheet.box(scale.x(begin), TOP + 8, scale.x(end) - scale.x(begin), bottom - TOP - 8, "var(--shade)")


def _minutes(sheet: Sheet, scale: Scale, bottom: float) -> None:
    minutes = (scale.end - scale.begin) / 60
    every = next((n for n in (0.5, 1, 2, 5, 10, 15, 30) if minutes / n <= 13), 60)
    for n in range(int(minutes / every) + 1):
        x = scale.x(scale.begin + n * every * 60)
        sheet.rule(x, TOP + 8, x, bottom, "var(--rule)", stroke_width=0.7)
        sheet.text(x, bottom + 18, f"{n * every:g} min" if n else "0", "quiet", "middle")


def _faults(sheet: Sheet, scale: Scale, run: Run, lanes: Sequence[str]) -> None:
    """A lane for each target; full colour while the fault lasts, faint until what it hit was ready again."""
    sheet.text(24, TOP, "Faults", "head")
    x = float(LEFT)
    for kind in [kind for kind in KINDS if any(fault.kind == kind for fault in run.faults)]:
        sheet.box(x, TOP - 10, 11, 11, KINDS[kind], rx=2)
        sheet.text(x + 16, TOP, kind, "quiet")
        x += 34 + 7 * len(kind)
    for place, lane in enumerate(lanes):
        y = TOP + 16 + place * LANE
        sheet.text(LEFT - 10, y + 10, lane, "quiet", "end")
        for fault in [fault for fault in run.faults if fault.target == lane]:
            colour, over = KINDS.get(fault.kind, OTHER), min(fault.begin + fault.planned_s, fault.end)
            tip = f"{fault.text or fault.kind}, ready again {fault.heal_s:.1f} s later"
            sheet.box(scale.x(over), y, scale.x(fault.end) - scale.x(over), LANE - 4, colour, tip, opacity=0.35)
            sheet.box(scale.x(fault.begin), y, max(2.0, scale.x(over) - scale.x(fault.begin)), LANE - 4, colour, tip)


def _latency(sheet: Sheet, scale: Scale, run: Run, top: float) -> None:
    """From a report to the first page of its alert: p50 as a line, up to p99 as a bar, the worst as a dot."""
    sheet.text(24, top - 14, "Report to first page", "head")
    _key(sheet, top - 14, {"p50": "var(--p50)", "p50 to p99": "var(--band)", "worst": "var(--worst)"})
    for seconds, label in LABELS.items():
        y = _log(seconds, top)
        bound = seconds == BOUND_S
        more = {"stroke_dasharray": "5 4"} if bound else {}
        sheet.rule(LEFT, y, WIDTH - RIGHT, y, "var(--bad)" if bound else "var(--rule)", stroke_width=0.8, **more)
        sheet.text(LEFT - 10, y + 4, f"bound {label}" if bound else label, "quiet", "end")
    bins: dict[int, list[float]] = defaultdict(list)
    for op, message in first_calls(run):
        bins[scale.bin(op.t0)].append(message.t - op.t0)
    width = max(1.0, (WIDTH - LEFT - RIGHT) / BINS - 0.4)
    spreads = {bin_: Spread.of(found) for bin_, found in sorted(bins.items())}
    for bin_, spread in spreads.items():
        x, y = scale.middle(bin_), _log(spread.p99, top)
        sheet.box(x - width / 2, y, width, _log(spread.p50, top) - y, "var(--band)")
    sheet.path([(scale.middle(bin_), _log(spread.p50, top)) for bin_, spread in spreads.items()], "var(--p50)",
               stroke_width=1.3)  # fmt: skip
    for bin_, spread in spreads.items():
        sheet.dot(scale.middle(bin_), _log(spread.worst, top), 1.5, "var(--worst)", f"worst {spread.worst:.3f} s")


def _log(seconds: float, top: float) -> float:
    """Where a latency is on the axis."""
    inside = min(max(seconds, FASTEST_S), SLOWEST_S)
    return top + LATENCY * (log10(SLOWEST_S) - log10(inside)) / (log10(SLOWEST_S) - log10(FASTEST_S))


def _rate(sheet: Sheet, scale: Scale, run: Run, top: float) -> None:
    """Answers to reports each second, one kind upon the other."""
    sheet.text(24, top - 14, "Reports a second", "head")
    _key(sheet, top - 14, dict(OUTCOMES.values()))
    bins: dict[int, Counter[Outcome]] = defaultdict(Counter)
    for attempts in run.reports.values():
        for op in attempts:
            bins[scale.bin(op.t0)][op.outcome] += 1
    most = max((found.total() for found in bins.values()), default=1) / scale.bin_s
    _rate_axis(sheet, top, most)
    width = (WIDTH - LEFT - RIGHT) / max(1.0, (scale.end - scale.begin) / scale.bin_s)
    for bin_, found in bins.items():
        y = top + RATE
        for outcome, (_, colour) in OUTCOMES.items():
            height = found[outcome] / scale.bin_s / most * RATE
            if height:
                y -= height
                sheet.box(scale.middle(bin_) - width / 2, y, width + 0.15, height, colour)


def _rate_axis(sheet: Sheet, top: float, most: float) -> None:
    for share in (0.0, 0.5, 1.0):
        y = top + RATE * (1 - share)
        sheet.rule(LEFT, y, WIDTH - RIGHT, y, "var(--rule)", stroke_width=0.8)
        sheet.text(LEFT - 10, y + 4, f"{most * share:.0f}" if most >= 4 else f"{most * share:.1f}", "quiet", "end")


def _key(sheet: Sheet, y: float, colours: Mapping[str, str]) -> None:
    x = float(LEFT)
    for name, colour in colours.items():
        sheet.box(x + 40, y - 9, 11, 11, colour, rx=2)
        sheet.text(x + 56, y, name, "quiet")
        x += 34 + 7 * len(name)


def _violations(sheet: Sheet, scale: Scale, summary: Summary, bottom: float) -> None:
    """A red line through everything for each, and its check at the foot."""
    y = bottom + 36
    sheet.text(24, y + 12, "Violations", "head")
    if not summary.violations:
        sheet.text(LEFT, y + 12, "none", "good")
    known: set[tuple[int, str]] = set()
    for violation in summary.violations:
        x = scale.x(violation.t)
        if (round(x), violation.check) in known:
            continue
        known.add((round(x), violation.check))
        sheet.rule(x, TOP + 8, x, bottom, "var(--bad)", stroke_width=0.8, opacity=0.7)
        tip = f"{violation.check}: {violation.text}"
        sheet.shape([(x, y), (x - 4, y + 8), (x + 4, y + 8)], "var(--bad)", tip)
        sheet.text(x, y + 22, violation.check, "bad", "middle")
