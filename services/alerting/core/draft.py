"""The working copy of one alert while a decision about it is made."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.alerting.core.counting import Tally, tally
from services.alerting.core.model import Alert, Decision, Line, Message, Page
from services.alerting.core.reason import Event, Reason
from shared.words import MessageType, PageState


class Draft:
    """Collects what a decision changes; ends in one `Decision`.

    It never outlives the call of the rule that made it. `busy` are the buildings with an alarm of their own, `cause`
    names the event that is being decided on.
    """

    def __init__(self, alert: Alert, now: datetime, cause: str, busy: frozenset[str] = frozenset()) -> None:
        self.alert, self.now, self.cause, self.busy = alert, now, cause, busy
        self._before = alert
        self._originals = {page.page_id: page for page in alert.pages}
        self.pages: dict[UUID, Page] = dict(self._originals)
        self._messages: list[Message] = []
        self._lines: list[Line] = []
        self._reasons: dict[Reason, None] = {}

    def tally(self) -> Tally:
        """The count as it stands now."""
        return tally(self.pages.values(), self.alert.frozen.plan.needed)

    def put(self, page: Page) -> None:
        """A new or changed page."""
        self.pages[page.page_id] = page

    def tell(self, page: Page, type_: MessageType) -> None:
        """Put the page and send its member, if he has a channel, one message more of this type."""
        if not page.channel:
            self.put(page)
            return
        n = page.told.get(type_, 0) + 1
        self.put(replace(page, told={**page.told, type_: n}))
        self._messages.append(Message(page.page_id, type_, n))

    def stand_down(self, page: Page) -> None:
        """Tell a member that he is not needed; he no longer counts."""
        self.tell(replace(page, state=PageState.STOOD_DOWN), MessageType.STAND_DOWN)

    def page_again(self, page: Page) -> None:
        """The same page once more, its answer asked anew."""
        fresh = replace(
            page,
            state=PageState.SENDING,
            round=page.round + 1,
            sent_at=None,
            delivered_at=None,
            answer=None,
            answered_at=None,
            eta_s=None,
            eta_due=None,
            overdue=False,
        )
        self.tell(fresh, MessageType.PAGE)

    def because(self, reason: Reason) -> None:
        """Note a reason that has no line of its own."""
        self._reasons[reason] = None

    def line(self, event: Event, reason: Reason, text: str) -> None:
        """Write one line of the timeline."""
        seq = self.alert.timeline_seq + len(self._lines) + 1
        self._lines.append(Line(seq, self.now, event, reason, self.cause, text))
        self.because(reason)

    def decide(self) -> Decision:
        """The decision; without a line nothing happened and the alert stays as it was."""
        if not self._lines:
            return Decision(self._before, reasons=tuple(self._reasons))
        changed = {
            id_: self._versioned(page) for id_, page in self.pages.items() if page is not self._originals.get(id_)
        }
        alert = replace(
            self.alert,
            version=self._before.version + 1,
            updated_at=self.now,
            timeline_seq=self._lines[-1].seq,
            pages=tuple(changed.get(id_, page) for id_, page in self.pages.items()),
        )
        return Decision(alert, tuple(changed.values()), tuple(self._messages), tuple(self._lines), tuple(self._reasons))

    def _versioned(self, page: Page) -> Page:
        """One version more than the page had before the decision, however often it changed in it."""
        original = self._originals.get(page.page_id)
        return replace(page, version=original.version + 1) if original else page
