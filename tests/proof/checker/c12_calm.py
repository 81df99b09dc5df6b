"""C12: soon after the last fault has healed nothing waits any more."""

from collections.abc import Iterator, Sequence
from math import inf

from tests.proof.checker.bounds import CALM_S, STUCK_LOOKS
from tests.proof.checker.facts import Look
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation

LEVELS = ("lag", "spool", "outbox", "overdue")


def check(run: Run) -> list[Violation]:
    """From `CALM_S` after the healing on, lag, spool, outbox and what is overdue are 0 and every service is ready."""
    looks = calm_looks(run)
    if len(looks) < STUCK_LOOKS:
        text = f"nobody looked at the levels for {CALM_S:.0f} s after the run had healed: nothing is shown"
        return [Violation("C12", text, run.end, tuple(look.n for look in looks))]
    return [wrong for level in LEVELS for wrong in _level(level, looks)] + list(_ready(looks))


def seen(run: Run) -> int:
    """Looks at the levels after the run had healed."""
    return len(calm_looks(run))


def calm_looks(run: Run) -> list[Look]:
    """What was seen when nothing excused any waiting."""
    since = run.marks.get("healed", inf) + CALM_S
    return [look for look in run.looks if look.t >= since]


def _level(level: str, looks: Sequence[Look]) -> Iterator[Violation]:
    """Not 0, or not to be asked, for `STUCK_LOOKS` in a row: alerts that still move on may be met once."""
    for place in range(len(looks) - STUCK_LOOKS + 1):
        some = looks[place : place + STUCK_LOOKS]
        if all(look.levels[level] != 0 for look in some):
            found = ", ".join("unknown" if look.levels[level] is None else str(look.levels[level]) for look in some)
            yield Violation("C12", f"{level} does not go down: {found}", some[0].t, tuple(look.n for look in some))
            return


def _ready(looks: Sequence[Look]) -> Iterator[Violation]:
    for place in range(len(looks) - STUCK_LOOKS + 1):
        some = looks[place : place + STUCK_LOOKS]
        away = set.intersection(*(set(look.not_ready) for look in some))
        if away:
            text = f"not ready although all is healed: {', '.join(sorted(away))}"
            yield Violation("C12", text, some[0].t, tuple(look.n for look in some))
            return
