"""A broken promise, and where the history shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """`check` is C1..C12; `t` seconds of the run's monotonic clock; `lines` numbers of lines of the history, from 1."""

    check: str
    text: str
    t: float
    lines: tuple[int, ...]
