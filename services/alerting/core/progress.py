"""How an alert moves on: the rules of the next step, of enough people, of reopening.

```
            opened
              |
              v    deadline passed, or too few can still come: next step (stays PAGING)
   +------> PAGING ------------------------------------------------+
   |          |  enough coming                                     |  no further step
   |          v                                                    v
   |       STAFFED <--------- a late answer makes it enough --- EXHAUSTED
   |          |                                                    |
   |          +-- one who counted is not coming, or late --> PAGING (reopened: the stood down are paged again)
   |          |                                                    |
   |          +-- an operator asks for the next step ------> PAGING (too few now: the same)
   |          |                                                    |
   |          +-- an operator stands everybody down --> EXHAUSTED  |
   |                                                               |
   +-- active again: a new alarm within ten minutes, or an operator, after it was restored or stood down (from any
       state but CLOSED), or a new alarm after ten quiet minutes when it was EXHAUSTED

   any state -- closed with a reason, or a drill pre-empted by a real alarm --> CLOSED
   restored or stood down ten minutes ago, or STAFFED or EXHAUSTED without an alarm for an hour -- superseded --> CLOSED
```

While an alert is restored or stood down by an operator it keeps its state and nothing here happens.
"""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from services.alerting.core.counting import Tally, surplus
from services.alerting.core.draft import Draft
from services.alerting.core.facts import TOTAL
from services.alerting.core.model import Page
from services.alerting.core.reason import Event, Reason
from services.alerting.core.steps import Why, start_step
from services.alerting.core.wording import are, names, needed_word
from shared.words import AlertState, Answer


def settle(draft: Draft, if_reopened: Reason = Reason.REOPENED_NOT_COMING) -> None:
    """Apply the rules to the count as it stands, after anything that may have changed it."""
    if not draft.alert.active:
        return
    if draft.tally().enough:
        _enough(draft)
        return
    match draft.alert.state:
        case AlertState.STAFFED | AlertState.PAGING:
            _call_back(draft, if_reopened)
            press_on(draft)
        case AlertState.EXHAUSTED | AlertState.CLOSED:
            draft.because(Reason.WAITING)
        case _:
            assert_never(draft.alert.state)


def press_on(draft: Draft, why: Why | None = None) -> None:
    """Start step after step at once, until one is worth waiting for or none is left."""
    why = why or _impossible(draft)
    if why is None:
        draft.because(Reason.WAITING)
    while why is not None:
        if draft.alert.step == len(draft.alert.frozen.plan.steps):
            _no_more_steps(draft, why)
            return
        why = start_step(draft, draft.alert.step + 1, why) or _impossible(draft)


def first_step(draft: Draft) -> None:
    """Page the first step of an alert that opens, and go on at once when it cannot do."""
    why = start_step(draft, 1, Why(Reason.OPENED, "The alert is opened")) or _impossible(draft)
    if why is not None:
        press_on(draft, why)


def deadline_passed(draft: Draft) -> None:
    """The step's time is over: enough now, or the next step.

    When people are late at this very moment, those stood down are paged again beside it.
    """
    count = draft.tally()
    if count.enough:
        _staff(draft)
        return
    _call_back(draft, Reason.REOPENED_ETA_PASSED)
    text = f"Only {count.coming[TOTAL]} of {count.needed[TOTAL]} are coming at the deadline"
    if count.coming[TOTAL] >= count.needed[TOTAL]:
        text = "A function that is needed is missing at the deadline"
    press_on(draft, Why(Reason.DEADLINE_PASSED, text))


def wake(draft: Draft, text: str) -> None:
    """An alert that was restored, stood down or exhausted looks for people again: all but who cannot come are asked."""
    again = [page for page in draft.pages.values() if page.answer is not Answer.NOT_COMING and page.channel]
    for page in again:
        draft.page_again(page)
    draft.alert = replace(draft.alert, restored_at=None, stood_down_at=None)
    _back_to_paging(draft)
    draft.line(Event.REOPENED, Reason.ACTIVE_AGAIN, f"{text} {len(again)} {are(len(again))} paged again.")


def _enough(draft: Draft) -> None:
    """Stop paging, unless an operator asked for more people and their time is not over."""
    if draft.alert.more_asked and draft.alert.state is AlertState.PAGING:
        draft.because(Reason.WAITING)
        return
    _staff(draft)


def _staff(draft: Draft) -> None:
    """Stand down the silent and exactly the surplus."""
    count = draft.tally()
    if draft.alert.state is not AlertState.STAFFED:
        draft.alert = replace(draft.alert, state=AlertState.STAFFED, deadline=None)
        text = f"Enough: {count.coming[TOTAL]} of {count.needed[TOTAL]} are coming. Paging stops."
        draft.line(Event.STAFFED, Reason.STAFFED, text)
    silent = [page for page in draft.pages.values() if page.silent]
    too_many = [] if draft.alert.more_asked else surplus(draft.pages.values(), count.needed)
    for page in (*silent, *too_many):
        draft.stand_down(page)
    if silent:
        text = f"{names(silent)} had not answered and {are(len(silent))} not needed any more."
        draft.line(Event.STOOD_DOWN, Reason.ENOUGH_COMING, text)
    if too_many:
        text = f"{names(too_many)} {are(len(too_many))} more than needed and need not come."
        draft.line(Event.STOOD_DOWN, Reason.SURPLUS, text)


def _call_back(draft: Draft, reason: Reason) -> None:
    """Too few again: those stood down are paged again, for the time of the present step.

    Of an alert that pages already, because an operator asked for more, that time runs on and his wish holds.
    """
    count = draft.tally()
    again = [page for page in draft.pages.values() if _may_be_called_back(page)]
    if draft.alert.state is AlertState.STAFFED:
        _back_to_paging(draft)
    elif not again:
        return
    for page in again:
        draft.page_again(page)
    short = f"{count.coming[TOTAL]} of {count.needed[TOTAL]} are left"
    called = f"{names(again)} {are(len(again))} paged again" if again else "nobody is left to page again"
    draft.line(Event.REOPENED, reason, f"Not enough any more, {short}: {called}.")


def _may_be_called_back(page: Page) -> bool:
    return page.stood_down and page.answer is not Answer.NOT_COMING and bool(page.channel)


def _back_to_paging(draft: Draft) -> None:
    seconds = draft.alert.frozen.plan.steps[draft.alert.step - 1].for_s
    deadline = draft.now + timedelta(seconds=seconds)
    draft.alert = replace(draft.alert, state=AlertState.PAGING, more_asked=False, deadline=deadline)


def _no_more_steps(draft: Draft, why: Why) -> None:
    """Nobody is left to page: an answer that comes later may still make it enough."""
    draft.because(why.reason)
    if draft.tally().enough:
        _staff(draft)
        return
    draft.alert = replace(draft.alert, state=AlertState.EXHAUSTED, deadline=None)
    draft.line(Event.EXHAUSTED, Reason.NO_MORE_STEPS, f"{why.text}, and the plan has no further step.")


def _impossible(draft: Draft) -> Why | None:
    """Why waiting is of no use: fewer can still come than are needed, in all or of one function."""
    count = draft.tally()
    reason = count.impossible
    return None if reason is None else Why(reason, _too_few(count))


def _too_few(count: Tally) -> str:
    key = count.short_of
    return f"Only {count.coming[key] + count.silent[key]} of {count.needed[key]} {needed_word(key)} can still come"
