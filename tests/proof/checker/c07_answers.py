"""C7: what a person was told is taken is recorded, and nothing is recorded that nobody said."""

from collections.abc import Iterator, Sequence

from tests.proof.checker.bounds import STAMP_ERROR_S
from tests.proof.checker.facts import Op, Outcome, PageVersion
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation

SERVER = 500  # a commit whose confirmation was lost is answered with 503: like a time-out, nobody knows

BY_ITSELF = {"preempted", "superseded"}  # what alerting closes without an operator


def check(run: Run) -> list[Violation]:
    """An acknowledged answer is in its page, a recorded one was said and not refused; so with the end of an alert."""
    return [*_acknowledged(run), *_recorded(run), *_closed(run)]


def seen(run: Run) -> int:
    """Answers and closings that were acknowledged."""
    return sum(op.outcome is Outcome.DONE for op in (*run.answers, *run.closes))


def _acknowledged(run: Run) -> Iterator[Violation]:
    for page_id, ops in run.answers_to.items():
        versions = run.back.pages.get(page_id, ())
        recorded = {version.answer for version in versions}
        for op in ops:
            if op.outcome is Outcome.DONE and op.asked["answer"] not in recorded:
                text = f"{op.who} was told that {op.asked['answer']} to page {page_id} is taken; it is recorded nowhere"
                yield Violation("C7", text, op.t1, (*op.lines, *(version.n for version in versions[-1:])))
        if versions and (op_ := _last_word(run, ops, versions)) and op_.asked["answer"] in recorded:
            text = f"the last word of {op_.who} was {op_.asked['answer']}, page {page_id} says {versions[-1].answer}"
            yield Violation("C7", text, op_.t1, (*op_.lines, versions[-1].n))


def _last_word(run: Run, ops: Sequence[Op], versions: Sequence[PageVersion]) -> Op | None:
    """The answer that should be the page's last and is not. Who was asked anew, or whose answers overlap, has none."""
    last = ops[-1]
    sure = last.outcome is Outcome.DONE and all(not _may_hold(op) or op.t1 < last.t0 for op in ops[:-1])
    unknown = any(op.outcome is Outcome.UNKNOWN or op.status >= SERVER for op in ops[:-1])
    anew = any(version.has("reopened") for version in run.back.alerts.get(versions[-1].alert_id, ()))
    return last if sure and not unknown and not anew and versions[-1].answer != last.asked["answer"] else None


def _recorded(run: Run) -> Iterator[Violation]:
    for page_id, versions in run.back.pages.items():
        before: str | None = None
        for version in versions:
            if version.answer not in {None, before} and (wrong := _unsaid(run, page_id, version)):
                yield wrong
            before = version.answer


def _unsaid(run: Run, page_id: str, version: PageVersion) -> Violation | None:
    """Whether nobody said this before it was recorded, or all who did were refused."""
    said = [op for op in run.answers_to.get(page_id, ()) if op.asked["answer"] == version.answer]
    if any(_may_hold(op) and op.t0 <= version.t + STAMP_ERROR_S for op in said):
        return None
    refused = [op for op in said if not _may_hold(op)]
    why = f"{said[0].who} was refused it" if refused else "nobody had said it"
    text = f"page {page_id} records {version.answer} of {version.member}, but {why}"
    return Violation("C7", text, version.t, (version.n, *(line for op in said for line in op.lines)))


def _closed(run: Run) -> Iterator[Violation]:
    asked = {op.asked["alert_id"] for op in run.closes if _may_hold(op)}
    for op in run.closes:
        versions = run.back.alerts.get(op.asked["alert_id"], ())
        if op.outcome is Outcome.DONE and not (versions and versions[-1].state == "closed"):
            text = f"an operator was told that alert {op.asked['alert_id']} is closed; it is not"
            yield Violation("C7", text, op.t1, (*op.lines, *(version.n for version in versions[-1:])))
    for alert_id, versions in run.back.alerts.items():
        last = versions[-1]
        by_itself = any(line.reason in BY_ITSELF for line in last.lines)
        if last.state == "closed" and alert_id not in asked and not by_itself:
            yield Violation("C7", f"alert {alert_id} is closed, which nobody asked for", last.t, (last.n,))


def _may_hold(op: Op) -> bool:
    """Whether it was done or may have been."""
    return op.outcome is not Outcome.REFUSED or op.status >= SERVER
