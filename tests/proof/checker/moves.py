"""How an alert moved through its steps, as its records tell it: each move with the version before and its line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.proof.checker.facts import Decided, Version

STARTS = frozenset({"paged", "escalated", "skipped"})  # a line of these begins a step, one that passes over a buddy not
PASSED_OVER = "buddy_in_alarm"


@dataclass(frozen=True, slots=True)
class Move:
    """Away from step `step` by a line of `after`; `first` when no step began before it in that version."""

    step: int
    line: Decided
    before: Version | None
    after: Version
    first: bool

    @property
    def to_people(self) -> bool:
        """Whether the new step calls somebody."""
        return self.line.event == "escalated"


def moves(versions: Sequence[Version]) -> Iterator[Move]:
    """Every move away from a step, in order; an exhausted alert moved away from its last step."""
    before: Version | None = None
    for version in versions:
        step, first = before.step if before else 0, True
        for line in version.lines:
            if line.event == "exhausted" or is_start(line):
                if step:
                    yield Move(step, line, before, version, first)
                step, first = step + is_start(line), False
        before = version


def is_start(line: Decided) -> bool:
    """Whether this line begins a step, also one that finds nobody to call."""
    return line.event in STARTS and line.reason != PASSED_OVER
