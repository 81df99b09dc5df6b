"""C1: what was accepted is shown, and if it is to call people, they were called."""

from collections.abc import Iterator

from tests.proof.checker.bounds import BOUND_S
from tests.proof.checker.facts import Op, PageVersion
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation

UNCALLED = frozenset({"failed", "stood_down"})  # states of a page that needs no message any more


def check(run: Run) -> list[Violation]:
    """Every accepted report is in the views; the paging ones, and no others, in an alert that came at a phone."""
    return [*_reports(run), *_pages(run)]


def seen(run: Run) -> int:
    """Reports that were accepted."""
    return len(run.accepted)


def _reports(run: Run) -> Iterator[Violation]:
    shown = {row.values["incident_id"] for row in run.back.rows.get("view_incidents", ())}
    taken = {message.alert_id for message in run.messages if message.type == "page" and message.taken}
    for incident_id, op in run.accepted.items():
        alerts = run.back.alerts_of.get(incident_id, ())
        if incident_id not in shown:
            yield _say(f"report {op.id} was accepted and is in no view", op)
        if op.asked["expects"] != "page":
            lines = [run.back.alerts[alert_id][-1].n for alert_id in alerts]
            if lines:
                yield _say(f"report {op.id} calls nobody, but alert {alerts[0]} took it up", op, *lines)
        elif not alerts:
            yield _say(f"report {op.id} was accepted and no alert took it up", op)
        elif not any(alert_id in taken or _nobody(run, alert_id) for alert_id in alerts):
            lines = [message.n for message in run.messages_of.get(alerts[0], ())][:5]
            yield _say(f"report {op.id} was accepted and nobody was called for alert {alerts[0]}", op, *lines)


def _nobody(run: Run, alert_id: str) -> bool:
    """Whether the alert had nobody to call, or was closed while the phones would not take its pages."""
    versions = run.back.alerts[alert_id]
    if alert_id not in run.pages_of:
        return any(version.has("exhausted") for version in versions)
    return alert_id in run.closing and not run.calm(versions[0].t, run.closing[alert_id])


def _pages(run: Run) -> Iterator[Violation]:
    """Every single page that was decided reached its phone, unless it was not needed any more before it could."""
    called = {message.page_id for message in run.messages if message.type == "page"}
    for page_id, versions in run.back.pages.items():
        if page_id not in called and not _needless(run, versions[0], versions[-1]):
            text = f"{versions[-1].member} was never called: page {page_id} of step {versions[-1].step}"
            yield Violation("C1", text, versions[0].t, (versions[0].n, versions[-1].n))


def _needless(run: Run, first: PageVersion, last: PageVersion) -> bool:
    due = run.due(first.t, first.t + BOUND_S)
    return last.state in UNCALLED or run.closing.get(last.alert_id, due) < due or due >= run.end


def _say(text: str, op: Op, *lines: int) -> Violation:
    return Violation("C1", text, op.t1, (*op.lines, *lines))
