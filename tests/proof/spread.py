"""How seconds are spread: count, median, 99th percentile, worst."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds of so many of a kind; all 0 when there are none."""

    n: int
    p50: float
    p99: float
    worst: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Spread":
        """The spread of these."""
        found = sorted(seconds)
        if not found:
            return cls(0, 0.0, 0.0, 0.0)
        last = len(found) - 1
        return cls(len(found), *(round(found[place], 4) for place in (last // 2, round(last * 0.99), last)))

    def __str__(self) -> str:
        if not self.n:
            return "none"
        return f"p50 {_told(self.p50)}, p99 {_told(self.p99)}, worst {_told(self.worst)} of {self.n:,}"


def _told(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
