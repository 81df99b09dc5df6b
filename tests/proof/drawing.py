"""A run as a picture: what was done to the product over the minutes, and what became of reports and pages."""

from math import isfinite
from pathlib import Path

from tests.proof import panels
from tests.proof.checker.run import Run
from tests.proof.panels import LATENCY, LEFT, RATE, RIGHT, WIDTH, Scale
from tests.proof.report import Summary
from tests.proof.sheet import Sheet

TOP, LANE, GAP = 96, 15, 52
# A hue for each family of faults, its kinds from dark to light: to a process, a store, a link, a clock or a topic.
KINDS = {
    "kill": "#7d2bb8", "term": "#a35bd1", "freeze": "#bf83e3", "block": "#d3a6ee",
    "restart": "#c25a1c", "fill": "#e8a066",
    "refuse": "#0f8583", "blackhole": "#25a69a", "delay": "#5fc0b3", "cut": "#93d4c9",
    "clock": "#c2a500", "join": "#8a8f98", "poison": "#e0508a",
}  # fmt: skip
OTHER = "#6b7280"


def draw(run: Run, summary: Summary, path: Path) -> None:
    """Faults, page latency, reports and violations, one under the other on one axis of time."""
    last = max([run.began + 1.0, *(look.t for look in run.looks[-1:]), *(m.t for m in run.messages[-1:])])
    scale = Scale(run.began, run.end if isfinite(run.end) else last)
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
    panels.latency(sheet, scale, run, latency)
    panels.rate(sheet, scale, run, rate)
    _violations(sheet, scale, summary, bottom)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(sheet.svg(bottom + 74), encoding="utf-8")


def _title(sheet: Sheet, title: str, summary: Summary) -> None:
    sheet.text(24, 36, title, "title")
    sheet.text(24, 58, f"commit {summary.commit} on {summary.machine}", "quiet")
    broken = len(summary.violations)
    words = "no promise broken" if not broken else f"{broken:,} violation{'s' * (broken > 1)}"
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


def _faults(sheet: Sheet, scale: Scale, run: Run, lanes: list[str]) -> None:
    """A lane for each target; full colour while the fault lasts, faint until what it hit was ready again."""
    sheet.text(24, TOP, "Faults", "head")
    kinds = {fault.kind for fault in run.faults}
    panels.key(sheet, TOP, {kind: colour for kind, colour in KINDS.items() if kind in kinds})
    for place, lane in enumerate(lanes):
        y = TOP + 16 + place * LANE
        sheet.text(LEFT - 10, y + 10, lane, "quiet", "end")
        for fault in [fault for fault in run.faults if fault.target == lane]:
            colour, over = KINDS.get(fault.kind, OTHER), min(fault.begin + fault.planned_s, fault.end)
            tip = f"{fault.text or fault.kind}, ready again {fault.heal_s:.1f} s later"
            sheet.box(scale.x(over), y, scale.x(fault.end) - scale.x(over), LANE - 4, colour, tip, opacity=0.35)
            sheet.box(scale.x(fault.begin), y, max(2.5, scale.x(over) - scale.x(fault.begin)), LANE - 4, colour, tip)


def _violations(sheet: Sheet, scale: Scale, summary: Summary, bottom: float) -> None:
    """A red line through everything for each, and its check at the foot where there is room for it."""
    y, free = bottom + 36, 0.0
    sheet.text(24, y + 12, "Violations", "head")
    if not summary.violations:
        sheet.text(LEFT + 8, y + 12, "none", "good")
    known: set[tuple[int, str]] = set()
    for violation in sorted(summary.violations, key=lambda one: one.t):
        x = scale.x(violation.t)
        if (round(x), violation.check) in known:
            continue
        known.add((round(x), violation.check))
        sheet.rule(x, TOP + 8, x, bottom, "var(--bad)", stroke_width=0.8, opacity=0.7)
        sheet.shape([(x, y), (x - 4, y + 8), (x + 4, y + 8)], "var(--bad)", f"{violation.check}: {violation.text}")
        if x >= free:
            sheet.text(x, y + 22, violation.check, "bad", "middle")
            free = x + 26
