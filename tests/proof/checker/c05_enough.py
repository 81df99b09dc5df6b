"""C5: when enough people come, calling stops."""

from collections.abc import Iterator, Sequence
from math import inf

from tests.proof.checker.bounds import QUIET_S
from tests.proof.checker.facts import Outcome, Version
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation
from tests.proof.checker.waiting import ANSWER, first_calls

ENDS = frozenset({"reopened_not_coming", "reopened_eta_passed", "active_again", "escalated_by_operator"})


def check(run: Run) -> list[Violation]:
    """No new step later than `QUIET_S` after the quorum was committed, unless the alert was reopened."""
    found = []
    for alert_id, versions in run.back.alerts.items():
        for place, version in enumerate(versions):
            if version.has("staffed"):
                found += [*_steps(alert_id, versions[place:]), *_calls(run, alert_id, versions[place:])]
    return found


def seen(run: Run) -> int:
    """Times that an alert had enough people."""
    return sum(version.has("staffed") for versions in run.back.alerts.values() for version in versions)


def _reopened(later: Sequence[Version]) -> Version | None:
    """The version that ended the quorum of the first one."""
    return next((one for one in later[1:] if any(line.reason in ENDS for line in one.lines)), None)


def _steps(alert_id: str, later: Sequence[Version]) -> Iterator[Violation]:
    staffed, reopened = later[0], _reopened(later)
    for one in later[1:]:
        if one is reopened:
            return
        if one.step > staffed.step:
            text = f"alert {alert_id} went on to step {one.step} although enough people were coming"
            yield Violation("C5", text, one.t, (staffed.n, one.n))
            return


def _calls(run: Run, alert_id: str, later: Sequence[Version]) -> Iterator[Violation]:
    staffed, reopened = later[0], _reopened(later)
    since = _committed(run, staffed)
    due = run.due(staffed.t, since + QUIET_S)
    until = _begun(run, reopened) if reopened else inf
    for step, message in first_calls(run.messages_of.get(alert_id, ())).items():
        if due < message.t < until:
            text = f"step {step} of alert {alert_id} was first called {message.t - since:.1f} s after enough came"
            yield Violation("C5", text, message.t, (staffed.n, message.n))


def _committed(run: Run, staffed: Version) -> float:
    """By when the quorum surely held: its answer was acknowledged, or else its record was stamped."""
    page_id = next((line.cause.removeprefix(ANSWER) for line in staffed.lines if line.cause.startswith(ANSWER)), "")
    done = [op.t1 for op in run.answers_to.get(page_id, ()) if op.outcome is Outcome.DONE and op.t0 <= staffed.t]
    return min([*done[-1:], staffed.t])


def _begun(run: Run, reopened: Version) -> float:
    """A moment not later than that at which the alert was reopened."""
    begun = [op.t0 for line in reopened.lines for op in run.answers_to.get(line.cause.removeprefix(ANSWER), ())]
    return min([run.when(reopened, reopened.lines[0].at), *begun])
