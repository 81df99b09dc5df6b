"""What must hold of every committed decision about an alert, counted here anew and without the core's help."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from services.alerting.core.model import Alert, Decision, Message, Page
from services.alerting.core.reason import Event, Reason
from shared.words import AlertState, Answer, MessageType, PageState
from tests.simulation.campus import REACH
from tests.simulation.people import People
from tests.simulation.world import World

EXACTLY = timedelta(milliseconds=1)
IN_TIME = timedelta(seconds=0.3)
ON_THE_WAY = (Answer.COMING, Answer.ARRIVED)


class Rules:
    """Judges decisions one after another; `drills` knows of every incident whether it is a drill."""

    def __init__(self, world: World, people: People, drills: dict[UUID, bool]) -> None:
        self._world, self._people, self._drills = world, people, drills
        self._passed: set[tuple[UUID, datetime]] = set()
        self._real: dict[UUID, Alert] = {}

    def decided(self, before: Alert | None, decision: Decision, now: datetime) -> None:
        """Every rule for one decision, as it was committed."""
        alert = decision.alert
        lines = "; ".join(f"{line.event}/{line.reason}" for line in decision.timeline)
        self._world.say(
            "decided", f"{str(alert.alert_id)[:8]} v{alert.version} {alert.state} step {alert.step}: {lines}"
        )
        if before is not None and before.state is AlertState.CLOSED and decision.messages:
            self._wrong("what is closed pages nobody", alert, "")
        self._staffed_is_exactly_enough(alert)
        self._paging_is_too_few(alert)
        self._nobody_needed_is_stood_down(alert)
        self._steps_have_a_cause(before, decision)
        self._deadlines_count_once(before, decision, now)
        self._pages_are_called_once(before, decision)
        self._another_kind_is_told(before, decision)
        self._failed_pages_were_refused(before, decision)
        self._answers_were_given(before, decision)
        self._drills_keep_apart(alert)
        self._drills_make_way(before, decision)

    def _staffed_is_exactly_enough(self, alert: Alert) -> None:
        if alert.state is not AlertState.STAFFED or not alert.active:
            return
        coming = [page for page in alert.pages if _comes(page)]
        if _short(alert, coming):
            self._wrong("staffed means enough, of every function", alert, _names(coming))
        spare = [page for page in coming if not _short(alert, [other for other in coming if other is not page])]
        if spare and not alert.more_asked:
            self._wrong("exactly the surplus is sent home", alert, _names(spare))

    def _paging_is_too_few(self, alert: Alert) -> None:
        if alert.state is not AlertState.PAGING or not alert.active:
            return
        if not alert.more_asked and not _short(alert, filter(_comes, alert.pages)):
            self._wrong("enough is enough", alert, _names(filter(_comes, alert.pages)))
        if _short(alert, [page for page in alert.pages if _comes(page) or _may_come(page)]):
            self._wrong("the next step starts at once when waiting is of no use", alert, "")

    def _nobody_needed_is_stood_down(self, alert: Alert) -> None:
        """But those who cannot come, or have no channel to be called on."""
        home = [page for page in alert.pages if page.state is PageState.STOOD_DOWN and page.channel]
        left = [page for page in home if page.answer is not Answer.NOT_COMING]
        if left and alert.active and _short(alert, filter(_comes, alert.pages)):
            self._wrong("who was stood down is called again when too few come", alert, _names(left))

    def _steps_have_a_cause(self, before: Alert | None, decision: Decision) -> None:
        alert, step = decision.alert, before.step if before else 1
        if alert.step == step or Reason.ESCALATED_BY_OPERATOR in decision.reasons:
            return
        if not _short(alert, [page for page in alert.pages if page.step <= step and _comes(page)]):
            self._wrong("no step after the quorum", alert, f"step {step} -> {alert.step}")

    def _deadlines_count_once(self, before: Alert | None, decision: Decision, now: datetime) -> None:
        if before is None or not any(line.reason is Reason.DEADLINE_PASSED for line in decision.timeline):
            return
        deadline = before.deadline
        if before.state is not AlertState.PAGING or deadline is None or deadline > now + EXACTLY:
            self._wrong("an escalation has its missed deadline", before, f"{deadline}")
            return
        if (before.alert_id, deadline) in self._passed:
            self._wrong("one escalation per missed deadline", before, f"{deadline}")
        self._passed.add((before.alert_id, deadline))
        late = [page for page in before.pages if page.eta_due and page.eta_due <= now]
        if not _short(before, [page for page in before.pages if _comes(page) and page not in late]):
            self._wrong("no escalation when enough are coming", before, "")
        if self._world.calm and now - deadline > IN_TIME:
            self._wrong("a deadline is decided in time", before, f"{now - deadline} late")

    def _pages_are_called_once(self, before: Alert | None, decision: Decision) -> None:
        alert, known = decision.alert, {page.page_id for page in before.pages} if before else set()
        if len({page.member_id for page in alert.pages}) != len(alert.pages):
            self._wrong("a member has one page", alert, _names(alert.pages))
        asked_anew = any(line.event is Event.REOPENED for line in decision.timeline)
        again = [m for m in decision.messages if m.type is MessageType.PAGE and m.page_id in known]
        if again and not asked_anew:
            self._wrong("nobody is called again without cause", alert, f"{len(again)} messages")
        called = {message.page_id for message in decision.messages if message.type is MessageType.PAGE}
        new = {p.page_id for p in alert.pages if p.page_id not in known and p.state is not PageState.FAILED}
        if not new <= called:
            self._wrong("a new page has its message", alert, f"{len(new - called)} without")

    def _another_kind_is_told(self, before: Alert | None, decision: Decision) -> None:
        """To all who may come; an exhausted alert calls them anew, unless what happened is over in the same batch."""
        alert = decision.alert
        if before is None or not alert.active or alert.more_kinds == before.more_kinds:
            return
        may_come = [page for page in before.pages if page.channel and page.answer is not Answer.NOT_COMING]
        told = {m.page_id for m in decision.messages if m.type in (MessageType.PAGE, MessageType.UPDATE)}
        left = [p for p in may_come if p.state is not PageState.STOOD_DOWN and p.page_id not in told]
        if left:
            self._wrong("whoever was called learns of another kind", alert, _names(left))

    def _failed_pages_were_refused(self, before: Alert | None, decision: Decision) -> None:
        """Whoever has a channel on this campus has all of `REACH`."""
        sent = {page.page_id for page in before.pages if page.state is not PageState.FAILED} if before else set()
        for page in decision.pages:
            key = Message(page.page_id, MessageType.PAGE, page.told.get(MessageType.PAGE, 0)).key
            if page.state is PageState.FAILED and page.page_id in sent and self._people.refused[key] < len(REACH):
                self._wrong("a page fails when every channel refused it", decision.alert, page.member_id)

    def _answers_were_given(self, before: Alert | None, decision: Decision) -> None:
        old = {page.page_id: page.answer for page in before.pages} if before else {}
        for page in decision.pages:
            if page.answer is not None:
                self._people.recorded.add((page.page_id, page.answer))
                if page.answer != old.get(page.page_id) and (page.page_id, page.answer) not in self._people.said:
                    self._wrong("nobody answers for another", decision.alert, f"{page.member_id}: {page.answer}")

    def _drills_keep_apart(self, alert: Alert) -> None:
        if any(self._drills[joined.incident_id] is not alert.drill for joined in alert.incidents):
            self._wrong("a drill never counts for a real alarm", alert, "")

    def _drills_make_way(self, before: Alert | None, decision: Decision) -> None:
        alert = decision.alert
        if not alert.drill:
            self._real[alert.alert_id] = alert
        elif before is None and decision.messages and alert.building:
            on = [real for real in self._real.values() if real.active and real.building == alert.building]
            if on:
                self._wrong("no drill begins beside a real alarm", alert, f"{on[0].alert_id}")

    def _wrong(self, rule: str, alert: Alert, text: str) -> None:
        self._world.wrong(rule, f"alert {str(alert.alert_id)[:8]} v{alert.version} {text}")


def _comes(page: Page) -> bool:
    return page.answer in ON_THE_WAY and not page.overdue and page.state is not PageState.STOOD_DOWN


def _may_come(page: Page) -> bool:
    return page.answer is None and page.state not in (PageState.FAILED, PageState.STOOD_DOWN)


def _short(alert: Alert, pages: Iterable[Page]) -> bool:
    """Whether these are too few, in all or of one function."""
    some = list(pages)
    has: Callable[[str], int] = lambda key: sum(key == "total" or key in page.functions for page in some)  # noqa: E731
    return any(has(key) < n for key, n in alert.frozen.plan.needed.items())


def _names(pages: Iterable[Page]) -> str:
    return ", ".join(page.member_id for page in pages)
