"""C2: who reports an alarm may count on it: the first phone rings within a second, or soon after a fault is over."""

from collections.abc import Iterator

from tests.proof.checker.bounds import BOUND_S
from tests.proof.checker.facts import Message, Op
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation


def check(run: Run) -> list[Violation]:
    """An accepted report that opened its alert is paged within the bound; what was never paged is C1's."""
    late = []
    for op, first in first_calls(run):
        due = run.due(op.t0, op.t1 + BOUND_S)
        if first.t > due:
            text = (
                f"report {op.id} was first paged {first.t - op.t1:.2f} s after it was accepted, not {due - op.t1:.2f}"
            )
            late.append(Violation("C2", text, first.t, (*op.lines, first.n)))
    return late


def seen(run: Run) -> int:
    """Alerts that an accepted report opened and that came at a phone."""
    return sum(1 for _ in first_calls(run))


def first_calls(run: Run) -> Iterator[tuple[Op, Message]]:
    """Each report that opened an alert, and the first page of it that came at a phone."""
    for alert_id, versions in run.back.alerts.items():
        op = run.accepted.get(versions[0].first_incident or "")
        first = next((m for m in run.messages_of.get(alert_id, ()) if m.type == "page"), None)
        if op is not None and first is not None and versions[0].version == 1:
            yield op, first


def waits(run: Run) -> Iterator[tuple[float, float]]:
    """From when to when a source that opened an alert waited for its first page, by the attempt that led to it."""
    for op, first in first_calls(run):
        tried = [attempt.t0 for attempt in run.reports[op.id] if attempt.t0 <= first.t]
        yield max(tried, default=op.t0), first.t
