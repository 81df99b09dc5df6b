"""What an operator does to an alert; doing it twice changes nothing.

Escalating is a repeat when it names the step that was seen and the alert has left it; without that step each call is a
wish of its own. At the last step there is nothing to skip: each call leaves a line.

Standing everybody down leaves the alert EXHAUSTED: nobody is coming and nobody is paged, and STAFFED would claim the
opposite. It stays open until it is closed with a reason; a new alarm in the building makes it look for people again, or
after ten quiet minutes opens an alert of its own instead.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.alerting.core.draft import Draft
from services.alerting.core.model import COMING, Alert, Decision, Page
from services.alerting.core.progress import press_on, settle, wake
from services.alerting.core.reason import Event, Reason
from services.alerting.core.steps import Why
from services.alerting.core.wording import listed, people
from shared.words import AlertState

SHOWN = 5  # sources that a line names


def acknowledge(alert: Alert, by: str, now: datetime) -> Decision:
    """Somebody in the control room has seen it; the first who did stays on record."""
    draft = Draft(alert, now, f"operator:{by}")
    if alert.acknowledged_at is not None:
        return _repeat(draft)
    draft.alert = replace(alert, acknowledged_by=by, acknowledged_at=now)
    draft.line(Event.ACKNOWLEDGED, Reason.ACKNOWLEDGED, f"{by} acknowledged the alert.")
    return draft.decide()


def escalate(alert: Alert, by: str, now: datetime, busy: frozenset[str], seen: int | None = None) -> Decision:
    """The next step after the one that was `seen` (None: after the present one) now, whatever the count says.

    Of a staffed alert this asks for more than the plan needs: until the step's time is over nobody is stood down, and
    nobody who comes is sent home as surplus. A restored or stood-down alert looks for people again first.
    """
    draft = Draft(alert, now, f"operator:{by}", busy)
    if alert.state is AlertState.CLOSED or seen not in {None, alert.step}:
        return _repeat(draft)
    if not alert.active:
        wake(draft, f"{by} overrules the end of the alarm.")
    if alert.step == len(alert.frozen.plan.steps):
        text = f"{by} asked for the next step, but the plan has no further one."
        draft.line(Event.SKIPPED, Reason.NO_MORE_STEPS, text)
        settle(draft)
        return draft.decide()
    more = draft.alert.more_asked or draft.alert.state is AlertState.STAFFED
    draft.alert = replace(draft.alert, state=AlertState.PAGING, more_asked=more)
    press_on(draft, Why(Reason.ESCALATED_BY_OPERATOR, f"{by} asked for the next step"))
    return draft.decide()


def stand_down(alert: Alert, by: str, now: datetime) -> Decision:
    """Nobody is needed any more: all who come or may come are told, and nobody else is paged."""
    draft = Draft(alert, now, f"operator:{by}")
    if alert.state is AlertState.CLOSED or alert.stood_down_at is not None:
        return _repeat(draft)
    told = _send_home(draft)
    draft.alert = replace(alert, state=AlertState.EXHAUSTED, stood_down_at=now, deadline=None, more_asked=False)
    draft.line(Event.STOOD_DOWN, Reason.STOOD_DOWN_BY_OPERATOR, f"{by} stood everybody down: {people(told)} told.")
    return draft.decide()


def shelve(alert: Alert, by: str, sources: Sequence[str], until: datetime, why: str, now: datetime) -> Decision:
    """These sources page nobody of the alert's building until then; it goes on. A closed one tells nothing any more."""
    draft = Draft(alert, now, f"operator:{by}")
    if alert.state is AlertState.CLOSED:
        return _repeat(draft)
    named = [*sources[:SHOWN], *([f"{len(sources) - SHOWN} more"] if len(sources) > SHOWN else [])]
    facts = alert.frozen.building
    where = f" in {facts.name.en if facts else alert.building}" if alert.building else ""
    text = f"{by} shelved {listed(named)}{where} until {until.isoformat(timespec='minutes')}: {why}."
    draft.line(Event.SHELVED, Reason.SHELVED, text)
    return draft.decide()


def close(alert: Alert, by: str, why: str, now: datetime) -> Decision:
    """The alert is over. Who still thinks he is needed is told; after a restoral everybody knows already."""
    draft = Draft(alert, now, f"operator:{by}")
    if alert.state is AlertState.CLOSED:
        return _repeat(draft)
    end(draft, Reason.CLOSED, why, f"{by} closed the alert: {why}.")
    return draft.decide()


def end(draft: Draft, reason: Reason, close_reason: str, text: str) -> None:
    """Close the alert that is being decided on; who still thinks he is needed is told."""
    if draft.alert.restored_at is None:
        _send_home(draft)
    finish(draft, reason, close_reason, text)


def finish(draft: Draft, reason: Reason, close_reason: str, text: str) -> None:
    """Close it and tell nobody."""
    draft.alert = replace(
        draft.alert, state=AlertState.CLOSED, closed_at=draft.now, close_reason=close_reason, deadline=None
    )
    draft.line(Event.CLOSED, reason, text)


def _send_home(draft: Draft) -> int:
    """Stand down all who come, are late or may still come; how many."""
    told = [page for page in draft.pages.values() if _expects(page)]
    for page in told:
        draft.stand_down(page)
    return len(told)


def _expects(page: Page) -> bool:
    """Whether the member may believe that he is needed."""
    return page.silent or (page.answer in COMING and not page.stood_down)


def _repeat(draft: Draft) -> Decision:
    draft.because(Reason.REPEAT)
    return draft.decide()
