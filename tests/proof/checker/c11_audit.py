"""C11: the audit log is one chain from its first line to its last."""

from itertools import pairwise

from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation


def check(run: Run) -> list[Violation]:
    """Each line follows the one before it and carries its seal. A product without such a log shows nothing here.

    The seals themselves are made with a key that only the product has; whether each is right is its own check's part.
    """
    found = []
    for before, row in pairwise(run.back.audit):
        if row.values["seq"] != before.values["seq"] + 1:
            text = f"after line {before.values['seq']} of the audit log comes {row.values['seq']}"
            found.append(Violation("C11", text, run.end, (before.n, row.n)))
        elif row.values["previous"] != before.values["mac"]:
            text = f"line {row.values['seq']} of the audit log does not follow the one before it"
            found.append(Violation("C11", text, run.end, (before.n, row.n)))
    return found


def seen(run: Run) -> int:
    """Lines of the audit log."""
    return len(run.back.audit)
