"""What a member's answer does."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from services.alerting.core.draft import Draft
from services.alerting.core.facts import TOTAL
from services.alerting.core.model import COMING, Alert, Decision, Page
from services.alerting.core.progress import settle
from services.alerting.core.reason import Event, Reason
from shared.words import AlertState, Answer, PageState


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a page; `by` names the operator who gave it on the member's behalf."""

    page_id: UUID
    answer: Answer
    eta_s: int | None = None
    by: str | None = None


def on_answer(alert: Alert, reply: Reply, now: datetime, busy: frozenset[str]) -> Decision:
    """Record the answer and apply the rules; the same answer again changes nothing.

    `reply.page_id` is one of the alert's pages. Who is overdue, or stood down while people are looked for, is believed
    when he says once more that he is coming.
    """
    draft = Draft(alert, now, f"answer:{reply.page_id}", busy)
    page = draft.pages[reply.page_id]
    eta_s = reply.eta_s if reply.answer is Answer.COMING else None
    same = (page.answer, page.eta_s) == (reply.answer, eta_s)
    if same and not page.overdue and not _counts_again(draft, page, reply.answer):
        draft.because(Reason.REPEAT)
        return draft.decide()
    answered = _answered(draft, page, reply.answer, eta_s)
    draft.put(answered)
    uncounted = answered.answer in COMING and not answered.counts
    reason = Reason.NOT_COUNTED if uncounted or not alert.active else Reason.ANSWERED
    draft.line(Event.ANSWER, reason, _sentence(draft, answered, reply.by))
    settle(draft)
    return draft.decide()


def _answered(draft: Draft, page: Page, answer: Answer, eta_s: int | None) -> Page:
    """The page with its answer; of who says to be there now, in 0 seconds, nothing is awaited."""
    state = page.state
    if _counts_again(draft, page, answer):
        state = PageState.DELIVERED if page.delivered_at else PageState.SENT
    return replace(
        page,
        state=state,
        answer=answer,
        answered_at=draft.now,
        eta_s=eta_s,
        eta_due=draft.now + timedelta(seconds=eta_s) if eta_s else None,
        overdue=False,
    )


def _counts_again(draft: Draft, page: Page, answer: Answer) -> bool:
    """Someone stood down who can come after all counts again as long as people are looked for."""
    looking = draft.alert.active and draft.alert.state is not AlertState.STAFFED
    return page.stood_down and looking and answer in COMING


def _sentence(draft: Draft, page: Page, by: str | None) -> str:
    count = draft.tally()
    on_behalf = f", says {by} for them" if by else ""
    stood_down = ", after the stand-down" if page.stood_down else ""
    return f"{page.name} {_says(page)}{stood_down}{on_behalf}: {count.coming[TOTAL]} of {count.needed[TOTAL]}."


def _says(page: Page) -> str:
    match page.answer:
        case Answer.COMING:
            return f"is coming in {page.eta_s} seconds" if page.eta_s else "is coming"
        case Answer.NOT_COMING:
            return "is not coming"
        case Answer.ARRIVED:
            return "has arrived"
        case None:
            return "has not answered"
        case _:
            assert_never(page.answer)
