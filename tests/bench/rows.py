"""What a benchmark says: a value, the baseline of the same run, the target, and whether it is met."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


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
    return Row(name, value, unit, baseline, _ratio(value, baseline), f"<= {limit:g} {unit}", value <= limit)


def at_least(name: str, value: float, unit: str, limit: float, baseline: float | None = None) -> Row:
    """A row that is met when the value reaches the limit."""
    return Row(name, value, unit, baseline, _ratio(value, baseline), f">= {limit:g} {unit}", value >= limit)


def at_least_times(name: str, value: float, unit: str, times: float, baseline: float) -> Row:
    """A row that is met when the value reaches so many times its baseline: the speed of the machine does not count."""
    ratio = value / baseline
    return Row(name, value, unit, baseline, ratio, f">= {times:g} x the baseline", ratio >= times)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def interleaved(slices: Sequence[Sequence[float]]) -> list[float]:
    """Medians of what was measured in turns, one a contestant: a noisy moment falls on all of them alike."""
    return [median(of_one) for of_one in zip(*slices, strict=True)]


def _ratio(value: float, baseline: float | None) -> float | None:
    return None if baseline is None else value / baseline
