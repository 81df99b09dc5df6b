"""A part of C4: every move to a next step had its cause."""

from collections.abc import Iterator, Sequence

from tests.proof.checker.bounds import EARLY_S
from tests.proof.checker.facts import Version
from tests.proof.checker.moves import Move, moves
from tests.proof.checker.people import able, confirmed, of_steps, possible
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation

NOBODY = frozenset({"team_empty", "nobody_present", "nobody_new", "no_buddy_free", "page_failed"})


def check(run: Run, alert_id: str, versions: Sequence[Version]) -> Iterator[Violation]:
    """Why each move should not have been made; a move of an alert that has enough people is C5's."""
    for move in moves(versions):
        if move.before is not None and move.before.state == "staffed":
            continue
        if (wrong := _wrong(run, alert_id, move)) is not None:
            text = f"alert {alert_id} left step {move.step} ({move.line.reason}), but {wrong}"
            lines = (move.before.n, move.after.n) if move.before else (move.after.n,)
            yield Violation("C4", text, move.after.t, lines)


def _wrong(run: Run, alert_id: str, move: Move) -> str | None:
    if not move.first:  # the step before it called nobody, or the people it called are too few: the core goes on
        return None if _goes_on(run, alert_id, move) else "the step before it was worth waiting for"
    match move.line.reason:
        case "deadline_passed":
            return _at_deadline(run, alert_id, move)
        case "quorum_impossible":
            return None if _impossible(run, alert_id, move, ["total"]) else "enough people could still come"
        case "function_impossible":
            return None if _impossible(run, alert_id, move, list(move.after.needed)) else "enough could still come"
        case "escalated_by_operator":
            return None
        case reason if move.line.event == "escalated":
            return "no step before it was passed over" if reason in NOBODY else "that is no reason to"
        case _:  # the line of a step that called nobody, or of no more steps, does not say why the last one was left
            return None if _any(run, alert_id, move) else "its time was not over and enough people could still come"


def _goes_on(run: Run, alert_id: str, move: Move) -> bool:
    earlier = move.after.lines[: move.after.lines.index(move.line)]
    passed_over = any(line.event == "skipped" and line.reason in NOBODY for line in earlier)
    return passed_over or _impossible(run, alert_id, move, list(move.after.needed))


def _any(run: Run, alert_id: str, move: Move) -> bool:
    by_operator = any(line.cause.startswith("operator:") for line in move.after.lines)
    over = _at_deadline(run, alert_id, move) is None
    return by_operator or over or _impossible(run, alert_id, move, list(move.after.needed))


def _impossible(run: Run, alert_id: str, move: Move, keys: Sequence[str]) -> bool:
    """Whether too few of those called so far could still come, for one of the keys; a function never known passes."""
    called = of_steps(run.pages_of.get(alert_id, ()), move.step)
    for key in keys:
        if key != "total" and any(page.functions is None for page in called):
            return True
        if possible(run, able(called, key), move.after.t) < move.after.needed[key]:
            return True
    return False


def _at_deadline(run: Run, alert_id: str, move: Move) -> str | None:
    """The step's time must be over and too few confirmed by then."""
    before, after = move.before, move.after
    if before is None or before.deadline is None:
        return "no deadline was running"
    true = run.clock_is_true(run.back.alerts[alert_id][0].t, after.t)
    if true and move.line.at < before.deadline - EARLY_S:
        return f"its deadline was {before.deadline - move.line.at:.1f} s later"
    if all(after.coming.get(key, 0) >= n for key, n in after.needed.items()):
        return f"by its own count enough were coming: {dict(after.coming)}"
    return _not_counted(run, alert_id, move) if true else None


def _not_counted(run: Run, alert_id: str, move: Move) -> str | None:
    """Who was told that his answer is taken must be in the count."""
    called = of_steps(run.pages_of.get(alert_id, ()), move.step)
    sure = confirmed(run, called, run.mono(move.line.at))
    counted = move.after.coming.get("total", 0)
    if len(sure) <= counted or _was_staffed(run, alert_id, move.after.version):
        return None
    return f"{len(sure)} had been told that their answer was taken and it counted {counted}"


def _was_staffed(run: Run, alert_id: str, version: int) -> bool:
    """Once staffed, a surplus was sent home and people were called anew: the phones alone do not tell the count."""
    return any(one.has("staffed", "reopened") for one in run.back.alerts[alert_id] if one.version <= version)
