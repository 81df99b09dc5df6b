"""C3: what was refused does not come after all, and nobody is called without a report."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf

from tests.proof.checker.bounds import LATE_S, STAMP_ERROR_S
from tests.proof.checker.facts import Op, Outcome
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation

SERVER = 500  # from here on a status says: not now, perhaps later


def check(run: Run) -> list[Violation]:
    """4xx is nowhere; 5xx landed at most `LATE_S` after the last answer; what is unknown may be either."""
    return [*_refused(run), *_uncalled_for(run)]


def seen(run: Run) -> int:
    """Reports that were refused, whatever else was tried for them."""
    return sum(1 for attempts in run.reports.values() if _all_refused(attempts))


def _refused(run: Run) -> Iterator[Violation]:
    landed: Mapping[int, tuple[float, int]] | None = None
    for id_, attempts in run.reports.items():
        if not _all_refused(attempts) or not (records := run.by_name.get(id_)):
            continue
        if max(op.status for op in attempts) < SERVER:
            lines = _lines(attempts, records[0].n)
            yield Violation(
                "C3", f"report {id_} was refused with {attempts[-1].status} and landed", records[0].t, lines
            )
            continue
        landed = landed if landed is not None else _landed(run)
        last = max(op.t1 for op in attempts)
        for record in records:
            after, line = landed.get(record.n, (-inf, 0))
            by_stamp = record.t - STAMP_ERROR_S if run.clock_is_true(last, max(last, record.t)) else -inf
            if max(after, by_stamp) > last + LATE_S:
                text = f"report {id_} was refused and landed {max(after, by_stamp) - last:.1f} s later"
                lines = _lines(attempts, record.n, *([line] if line else []))
                yield Violation("C3", text, max(after, by_stamp), lines)


def _landed(run: Run) -> Mapping[int, tuple[float, int]]:
    """By line of its record, after what moment each surely landed, and the line that proves it.

    A record lies behind others that nobody had sent before their reports were begun.
    """
    after: dict[int, tuple[float, int]] = {}
    for records in run.back.records.values():
        latest, line = -inf, 0
        for record in records:
            after[record.n] = latest, line
            attempts = run.reports.get(record.external_id or "")
            if attempts and attempts[0].t0 > latest:
                latest, line = attempts[0].t0, attempts[0].n
    return after


def _uncalled_for(run: Run) -> Iterator[Violation]:
    """Every alert that came at a phone is told by a topic."""
    for alert_id, messages in run.messages_of.items():
        if alert_id not in run.back.alerts:
            text = f"{messages[0].member} was called for alert {alert_id}, which no topic tells of"
            yield Violation("C3", text, messages[0].t, tuple(message.n for message in messages[:5]))


def _all_refused(attempts: Sequence[Op]) -> bool:
    return all(op.outcome is Outcome.REFUSED for op in attempts)


def _lines(attempts: Sequence[Op], *more: int) -> tuple[int, ...]:
    return (*(line for op in attempts for line in op.lines), *more)
