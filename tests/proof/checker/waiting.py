"""A part of C4: a cause that was there had its move, and the people of the new step were called in time."""

from collections.abc import Iterator, Mapping, Sequence

from tests.proof.checker.bounds import DECIDE_S
from tests.proof.checker.facts import Message, Outcome, Version
from tests.proof.checker.moves import Move, moves
from tests.proof.checker.people import able, of_steps, surely_no
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation

ANSWER = "answer:"


def check(run: Run, alert_id: str, versions: Sequence[Version]) -> Iterator[Violation]:
    """Deadlines that nobody kept, quorums that nobody saw to be impossible, steps called too late."""
    yield from _deadlines(run, alert_id, versions)
    yield from _impossible(run, alert_id, versions)
    yield from _calls(run, alert_id, versions)


def _deadlines(run: Run, alert_id: str, versions: Sequence[Version]) -> Iterator[Violation]:
    before: float | None = None
    for place, version in enumerate(versions):
        if version.state == "paging" and version.deadline not in {None, before}:
            yield from _kept(run, alert_id, version, versions[place + 1 :])
        before = version.deadline


def _kept(run: Run, alert_id: str, version: Version, later: Sequence[Version]) -> Iterator[Violation]:
    """By the deadline that `version` set something else must hold: a step, enough people, an end."""
    assert version.deadline is not None
    over = run.when(version, version.deadline)
    due = run.due(version.t, over + DECIDE_S)
    after = next((one for one in later if _differs(version, one)), None)
    if after is None and due < run.end:
        text = f"alert {alert_id} still waits in step {version.step}, whose time was over"
        yield Violation("C4", text, over, (version.n,))
    elif after is not None and (took := run.when(after, after.lines[0].at) if after.lines else after.t) > due:
        text = f"alert {alert_id} left step {version.step} {took - over:.2f} s after its time was over"
        yield Violation("C4", text, over, (version.n, after.n))


def _differs(version: Version, one: Version) -> bool:
    return (one.step, one.state, one.deadline) != (version.step, version.state, version.deadline)


def _impossible(run: Run, alert_id: str, versions: Sequence[Version]) -> Iterator[Violation]:
    """A version that counts so many refusals that the quorum is out of reach does not wait."""
    pages, gone = run.pages_of.get(alert_id, ()), set[str]()
    for version in versions:
        gone |= {page for page in _answered(version) if surely_no(run, page)}
        if not gone or version.state != "paging" or version.deadline is None:
            continue
        called = of_steps(pages, version.step)
        left = {key: sum(page.page_id not in gone for page in able(called, key)) for key in version.needed}
        short = next((key for key, n in version.needed.items() if left[key] < n), None)
        if short is not None:
            text = f"alert {alert_id} waits in step {version.step} for {version.needed[short]} ({short})"
            yield Violation("C4", f"{text}, of whom only {left[short]} can still come", version.t, (version.n,))
            return


def _answered(version: Version) -> list[str]:
    return [line.cause.removeprefix(ANSWER) for line in version.lines if line.event == "answer"]


def _calls(run: Run, alert_id: str, versions: Sequence[Version]) -> Iterator[Violation]:
    """The first phone of each new step rings within the second of its cause."""
    rung = first_calls(run.messages_of.get(alert_id, ()))
    for move in moves(versions):
        message, cause = rung.get(move.step + 1), _cause(run, move)
        if not move.to_people or message is None or cause is None:
            continue
        due = run.due(min(cause, move.after.t), cause + DECIDE_S)
        if message.t > due:
            text = f"step {move.step + 1} of alert {alert_id} was called {message.t - cause:.2f} s after its cause"
            yield Violation("C4", f"{text} ({move.line.reason})", message.t, (move.after.n, message.n))


def first_calls(messages: Sequence[Message]) -> Mapping[int, Message]:
    """The first page of each step that came at a phone, but for those that were called anew."""
    first: dict[int, Message] = {}
    for message in messages:
        if message.type == "page" and message.number == 1:
            first.setdefault(message.step, message)
    return first


def _cause(run: Run, move: Move) -> float | None:
    """When what led to the move surely had happened; None when the history cannot tell."""
    if move.line.reason == "deadline_passed" and move.before is not None and move.before.deadline is not None:
        true = run.clock_is_true(move.before.t, move.after.t)
        return run.mono(move.before.deadline) if true else None
    if not move.line.cause.startswith(ANSWER):
        return None
    answers = run.answers_to.get(move.line.cause.removeprefix(ANSWER), ())
    done = [op.t1 for op in answers if op.outcome is Outcome.DONE and op.t0 <= move.after.t + DECIDE_S]
    return done[-1] if done else None
