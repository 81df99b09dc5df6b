"""Who said what, by the phones alone: how many surely come, how many may still come."""

from collections.abc import Iterable, Sequence

from tests.proof.checker.bounds import STAMP_ERROR_S
from tests.proof.checker.facts import Op, Outcome, PageVersion
from tests.proof.checker.run import Run

COMING = ("coming", "arrived")


def confirmed(run: Run, pages: Iterable[PageVersion], until: float) -> list[Op]:
    """Answers by which people surely come at `until`: acknowledged by then, and nothing else said since the last call.

    The count of the product may be higher: what is unknown is left out here.
    """
    found = (_confirmed(run.answers_to.get(page.page_id, ()), until) for page in pages)
    return [op for op in found if op is not None]


def _confirmed(ops: Sequence[Op], until: float) -> Op | None:
    begun = [op for op in ops if op.t0 <= until]
    if not begun or any(op.asked["answer"] not in COMING for op in begun):
        return None
    return next((op for op in begun if op.outcome is Outcome.DONE and op.t1 <= until), None)


def possible(run: Run, pages: Iterable[PageVersion], until: float) -> int:
    """How many of these could come at most at `until`: all but who may have said no by then, or could not be reached.

    Lower than the product's own count may be, never higher.
    """
    return sum(
        page.state != "failed" and not any(_says_no(op, until) for op in run.answers_to.get(page.page_id, ()))
        for page in pages
    )


def _says_no(op: Op, until: float) -> bool:
    return op.asked["answer"] == "not_coming" and op.t0 <= until + STAMP_ERROR_S


def surely_no(run: Run, page_id: str) -> bool:
    """Whether this member said no and nothing else, whatever the order."""
    ops = run.answers_to.get(page_id, ())
    return bool(ops) and all(op.asked["answer"] == "not_coming" for op in ops)


def of_steps(pages: Iterable[PageVersion], step: int) -> list[PageVersion]:
    """The pages of this step and those before it."""
    return [page for page in pages if page.step <= step]


def able(pages: Iterable[PageVersion], key: str) -> list[PageVersion]:
    """Those who count for `total`, or for a function; whose functions are not known counts for each."""
    return [page for page in pages if key == "total" or page.functions is None or key in page.functions]
