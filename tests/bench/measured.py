"""What a measurement brings back: rows of the table, and lines of cost against size."""

from dataclasses import dataclass, field

from tests.bench.rows import Row


@dataclass(frozen=True, slots=True)
class Curve:
    """Seconds that something took at several sizes, for the drawing of that name; a baseline is drawn as one."""

    drawing: str
    name: str
    points: tuple[tuple[int, float], ...]
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows and curves of one measurement, or of several."""

    rows: list[Row] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def add(self, other: "Measured") -> None:
        """Take in what another measurement found."""
        self.rows.extend(other.rows)
        self.curves.extend(other.curves)
