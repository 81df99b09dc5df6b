"""What the passing of time and the failing of pages do."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.alerting.core.draft import Draft
from services.alerting.core.model import Alert, Decision
from services.alerting.core.progress import deadline_passed, settle
from services.alerting.core.reason import Event, Reason
from services.alerting.core.wording import are, names
from shared.words import AlertState, PageState


def on_due(alert: Alert, now: datetime, busy: frozenset[str]) -> Decision:
    """Look at the alert when `due_at` has come: who is overdue, and whether the step is over.

    Called early it changes nothing; called late, the next step starts now and not in the past.
    """
    draft = Draft(alert, now, "deadline", busy)
    if not alert.active:
        return draft.decide()
    _mark_overdue(draft)
    over = alert.state is AlertState.PAGING and alert.deadline is not None and alert.deadline <= now
    if over:
        deadline_passed(draft)
    else:
        settle(draft, Reason.REOPENED_ETA_PASSED)
    return draft.decide()


def due_now(alert: Alert, now: datetime) -> Alert:
    """The alert whose first due time has come although the wall clock, which was set back, does not say so."""
    due = alert.due_at
    if due is None or due <= now:
        return alert
    pages = tuple(replace(page, eta_due=now) if page.eta_due == due else page for page in alert.pages)
    return replace(alert, pages=pages, deadline=now if alert.deadline == due else alert.deadline)


def on_failed(alert: Alert, page_ids: Collection[UUID], now: datetime, busy: frozenset[str]) -> Decision:
    """Pages that no channel could deliver: their members are not waited for, unless they answered all the same."""
    draft = Draft(alert, now, "delivery", busy)
    failed = [page for id_ in dict.fromkeys(page_ids) if (page := draft.pages[id_]).silent]
    for page in failed:
        draft.put(replace(page, state=PageState.FAILED))
    if failed:
        text = f"{names(failed)} could not be reached on any channel and {are(len(failed))} not waited for."
        draft.line(Event.PAGE_FAILED, Reason.PAGE_FAILED, text)
        settle(draft)
    return draft.decide()


def _mark_overdue(draft: Draft) -> None:
    """Those whose ETA passed without their arrival do not count until they arrive or promise anew."""
    for page in list(draft.pages.values()):
        if page.counts and page.eta_due and page.eta_due <= draft.now:
            draft.put(replace(page, overdue=True))
            text = f"{page.name} said {page.eta_s} seconds and has not arrived: not counted until he does."
            draft.line(Event.ANSWER, Reason.ETA_PASSED, text)
