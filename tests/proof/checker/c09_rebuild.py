"""C9: the views anew from the topics are the views as they are."""

from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation


def check(run: Run) -> list[Violation]:
    """A rebuild read the topics and found no difference; a run without one has not shown anything."""
    if not run.back.rebuilds:
        return [Violation("C9", "the views were not rebuilt: nothing is shown", run.end, ())]
    found = []
    for row in run.back.rebuilds:
        if not row.values["records"] and run.back.ends:
            found.append(Violation("C9", "the rebuild read no record", run.end, (row.n,)))
        for table, n in row.values["differences"].items():
            if n:
                found.append(Violation("C9", f"a rebuild differs in {n} rows of {table}", run.end, (row.n,)))
    return found


def seen(run: Run) -> int:
    """Records that the rebuild read."""
    return sum(int(row.values["records"]) for row in run.back.rebuilds)
