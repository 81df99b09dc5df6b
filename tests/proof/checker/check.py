"""All checks, in one table."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.proof.checker import (
    c01_paged,
    c02_in_time,
    c03_refused,
    c04_steps,
    c05_enough,
    c06_once,
    c07_answers,
    c08_views,
    c09_rebuild,
    c10_ledger,
    c11_audit,
    c12_calm,
)
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: what it says, how a run is held to it, and how many things of a run it looks at."""

    name: str
    sentence: str
    check: Callable[[Run], list[Violation]]
    seen: Callable[[Run], int]


CHECKS = (
    Check("C1", "accepted is shown and paged", c01_paged.check, c01_paged.seen),
    Check("C2", "the first page comes in time", c02_in_time.check, c02_in_time.seen),
    Check("C3", "refused does not come after all", c03_refused.check, c03_refused.seen),
    Check("C4", "the next step comes if and only if there is a cause", c04_steps.check, c04_steps.seen),
    Check("C5", "enough people end the calling", c05_enough.check, c05_enough.seen),
    Check("C6", "sent again is the same message, and for a reason", c06_once.check, c06_once.seen),
    Check("C7", "an answer is recorded if and only if it was taken", c07_answers.check, c07_answers.seen),
    Check("C8", "the views are a fold of the topics, in order", c08_views.check, c08_views.seen),
    Check("C9", "a rebuild gives the same views", c09_rebuild.check, c09_rebuild.seen),
    Check("C10", "no record is missed, dead letters are the poison", c10_ledger.check, c10_ledger.seen),
    Check("C11", "the audit log is one chain", c11_audit.check, c11_audit.seen),
    Check("C12", "soon after the last fault nothing waits", c12_calm.check, c12_calm.seen),
)


def check_all(run: Run) -> list[Violation]:
    """Every violation, by check and then by time."""
    return [wrong for one in CHECKS for wrong in sorted(one.check(run), key=lambda found: found.t)]
