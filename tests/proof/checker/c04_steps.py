"""C4: too few at the deadline, or too few who can still come, is the next step, once, and nothing else is."""

from collections.abc import Iterator, Sequence

from tests.proof.checker import causes, waiting
from tests.proof.checker.facts import Version
from tests.proof.checker.moves import is_start, moves
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation


def check(run: Run) -> list[Violation]:
    """Each move has its cause, each cause its move, and the people of the new step are called within the second."""
    return [
        violation for alert_id, versions in run.back.alerts.items() for violation in _alert(run, alert_id, versions)
    ]


def seen(run: Run) -> int:
    """Moves from a step to the next."""
    return sum(1 for versions in run.back.alerts.values() for _ in moves(versions))


def _alert(run: Run, alert_id: str, versions: Sequence[Version]) -> Iterator[Violation]:
    yield from _once(alert_id, versions)
    yield from causes.check(run, alert_id, versions)
    yield from waiting.check(run, alert_id, versions)
    yield from _reached(run, alert_id, versions)


def _once(alert_id: str, versions: Sequence[Version]) -> Iterator[Violation]:
    """Steps go up by one for each line that begins one."""
    before = 0
    for number, version in enumerate(versions, start=1):
        if number != version.version:
            return  # a version is missing: C8 says so
        begun = sum(is_start(line) for line in version.lines)
        if version.step != before + begun:
            text = f"alert {alert_id} went from step {before} to {version.step} by {begun} lines of its timeline"
            yield Violation("C4", text, version.t, (version.n,))
        before = version.step


def _reached(run: Run, alert_id: str, versions: Sequence[Version]) -> Iterator[Violation]:
    """Nobody is called for a step that the alert never came to."""
    last = versions[-1]
    for message in run.messages_of.get(alert_id, ()):
        if message.step > last.step:
            text = (
                f"{message.member} was called for step {message.step}; alert {alert_id} came to step {last.step} only"
            )
            yield Violation("C4", text, message.t, (message.n, last.n))
            return
