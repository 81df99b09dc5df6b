"""What the incidents of one batch do to one alert: noted one by one at constant cost, written down and concluded once.

So an alarm and its restoral in one batch cancel out, and a flood of alarms tells everybody once.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.alerting.core.draft import Draft
from services.alerting.core.model import MOST_IDS, Alert, JoinedIncident, Place
from services.alerting.core.progress import first_step, settle, wake
from services.alerting.core.reason import Event, Reason
from services.alerting.core.wording import are
from shared import titles
from shared.events import IncidentReported
from shared.words import AlertState, Answer, MessageType

MOST_PLACES = 200  # a source that names a new place each time would page everybody for ever
QUIET = timedelta(minutes=10)  # less than this between two alarms is a detector that chatters: one story
FORGOTTEN = timedelta(hours=1)  # after so long without an alarm whoever came has been there, or gone home


class Gathering:
    """The incidents of one alert while a batch is folded into it; `opened` says that the batch opens the alert."""

    def __init__(self, draft: Draft, opened: bool) -> None:
        self.draft, self.opened = draft, opened
        self._alarmed_at = draft.alert.alarmed_at  # before this batch
        self.incidents = {joined.incident_id: joined for joined in draft.alert.incidents}
        self._places = dict.fromkeys(draft.alert.places)
        self._keys = {place.key for place in draft.alert.places}
        self._open: dict[UUID, None] = {}
        self._named: dict[str, list[UUID]] = {}
        for joined in self.incidents.values():
            if not joined.cleared:
                self._note_open(joined)
        self._open_elsewhere = draft.alert.open - len(self._open)  # open incidents that are not at hand
        self._joined: list[UUID] = []
        self._fresh = {id_: f"incident:{id_}" for id_ in self._open} if opened else {}
        self._plain = 0
        self._first_plain = ""
        self._news: str | None = None
        self._cleared_by: str | None = None

    @property
    def alert(self) -> Alert:
        """The alert as it stands."""
        return self.draft.alert

    def join(self, incident: IncidentReported) -> None:
        """One incident more; it is news when it is of another kind, more severe or somewhere else."""
        joined, place = joined_incident(incident), place_of(incident)
        cause = f"incident:{incident.incident_id}"
        news = tuple(self._news_in(incident, place))
        self.incidents[joined.incident_id] = joined
        self._joined.append(joined.incident_id)
        self._note_open(joined)
        self._fresh[joined.incident_id] = cause
        if len(self._places) < MOST_PLACES:
            self._places.setdefault(place)
            self._keys.add(place.key)
        if news:
            self._news = self.draft.cause = cause
            self._take_up(incident)
            for reason, text in news:
                self.draft.line(Event.INCIDENT, reason, text)
        else:
            self._first_plain = self._first_plain or cause
            self._plain += 1

    def clear(self, name: str, cause: str) -> bool:
        """The incident of this id, or all of this dedup key, are over; False when they were already."""
        named = self._named.pop(name, None) or self._named.pop(name.lower(), [])
        over = [id_ for id_ in named if id_ in self._open]
        for id_ in over:
            del self._open[id_]
            self._fresh.pop(id_, None)
            self.incidents[id_] = replace(self.incidents[id_], cleared=True)
            self._cleared_by = cause
        return bool(over)

    @property
    def outlived(self) -> bool:
        """Nobody closed it, and the next alarm is another story, with other people present: it does not join this one.

        What was restored or stood down is so after ten quiet minutes. What has found enough people, or has nobody left
        to page, is so after an hour without an alarm: until then its people are at it, and are told the news.
        """
        alert = self.alert
        if self.opened or alert.state is AlertState.CLOSED:
            return False
        if ended := alert.restored_at or alert.stood_down_at:
            return self.draft.now - max(ended, self._alarmed_at) >= QUIET
        return alert.state is not AlertState.PAGING and self.draft.now - self._alarmed_at >= FORGOTTEN

    @property
    def calls(self) -> bool:
        """Whether the rules will look for people: the batch opens the alert, or wakes it; asked before they do."""
        return self.opened or self._wakes

    @property
    def _wakes(self) -> bool:
        """A new alarm that is not over in the same batch, and for which nobody is looked for.

        The people of an exhausted alert were told of what was and not of this. Within ten minutes it is the same story:
        a detector that chatters calls nobody again, and news is told as news.
        """
        if self.opened or not self._fresh or self.alert.state is AlertState.CLOSED:
            return False
        if not self.alert.active:
            return True
        return self.alert.state is AlertState.EXHAUSTED and self.draft.now - self._alarmed_at >= QUIET

    def write_down(self) -> None:
        """The alert with all that was noted, before any rule."""
        draft = self.draft
        draft.alert = replace(
            draft.alert,
            incidents=tuple(self.incidents.values()),
            incident_ids=(*draft.alert.incident_ids, *self._joined)[-MOST_IDS:],
            joined=draft.alert.joined + len(self._joined),
            open=self._open_elsewhere + len(self._open),
            places=tuple(self._places),
            alarmed_at=draft.now if self._joined else draft.alert.alarmed_at,
        )
        self._line_of_plain_joins()

    def conclude(self, busy: frozenset[str]) -> None:
        """Apply the rules once to all that was written down."""
        draft = self.draft
        draft.busy = busy
        if self.alert.state is AlertState.CLOSED:
            return
        if self.opened:
            draft.cause = f"incident:{draft.alert.incidents[0].incident_id}"
            first_step(draft)
        elif self._wakes:
            draft.cause = next(iter(self._fresh.values()))
            wake(draft, "There is a new alarm.")
            settle(draft)
        elif self._news is not None and draft.alert.open and draft.alert.active:
            draft.cause = self._news
            self._update_everybody()
        self._conclude_clears()

    def _note_open(self, joined: JoinedIncident) -> None:
        self._open[joined.incident_id] = None
        for name in (str(joined.incident_id), joined.dedup_key):
            if name is not None:
                self._named.setdefault(name, []).append(joined.incident_id)

    def _news_in(self, incident: IncidentReported, place: Place) -> Iterator[tuple[Reason, str]]:
        """What of it those who were called do not know."""
        if incident.kind not in self.alert.kinds:
            yield Reason.KIND_ADDED, f"There is another kind of incident: {titles.KINDS[incident.kind].en}."
        if incident.severity.rank > self.alert.severity.rank:
            yield Reason.SEVERITY_RAISED, f"The severity is now {incident.severity}."
        if place.key is not None and place.key not in self._keys and len(self._places) < MOST_PLACES:
            yield Reason.ZONE_ADDED, f"There is another place: {place.key}."

    def _take_up(self, incident: IncidentReported) -> None:
        severity = max(self.alert.severity, incident.severity, key=lambda severity: severity.rank)
        _, *more_kinds = dict.fromkeys((*self.alert.kinds, incident.kind))
        self.draft.alert = replace(self.alert, severity=severity, more_kinds=tuple(more_kinds))

    def _line_of_plain_joins(self) -> None:
        if self._plain:
            self.draft.cause = self._first_plain
            more = "1 incident joins" if self._plain == 1 else f"{self._plain} incidents join"
            self.draft.line(Event.INCIDENT, Reason.JOINED, f"{more} the alert and tells nothing new.")

    def _update_everybody(self) -> None:
        for page in list(self.draft.pages.values()):
            if not page.stood_down and page.answer is not Answer.NOT_COMING:
                self.draft.tell(page, MessageType.UPDATE)

    def _conclude_clears(self) -> None:
        if self._cleared_by is None:
            return
        self.draft.cause = self._cleared_by
        if left := self.alert.open:
            text = f"A part is restored, {left} of {self.alert.joined} incidents {are(left)} not."
            self.draft.line(Event.INCIDENT, Reason.PARTLY_RESTORED, text)
        elif self.alert.restored_at is None:
            self._restore()
        else:
            self.draft.line(Event.INCIDENT, Reason.RESTORED, "Everything is still restored.")

    def _restore(self) -> None:
        """Everybody is told, escalation stops, the state stays until the alert is closed."""
        for page in list(self.draft.pages.values()):
            self.draft.tell(page, MessageType.RESTORED)
        self.draft.alert = replace(self.alert, restored_at=self.draft.now, deadline=None, more_asked=False)
        self.draft.line(Event.RESTORED, Reason.RESTORED, "Everything is restored: paging stops, everybody is told.")


def joined_incident(incident: IncidentReported) -> JoinedIncident:
    """What an alert keeps of an incident."""
    return JoinedIncident(
        incident_id=incident.incident_id,
        dedup_key=incident.dedup_key,
        severity=incident.severity,
        zone=incident.location.zone,
        source=source_name(incident),
    )


def source_name(incident: IncidentReported) -> str:
    """`system/device`, or `system` of a source that names no device: what can be shelved."""
    source = incident.source
    return f"{source.system}/{source.device}" if source.device else source.system


def place_of(incident: IncidentReported) -> Place:
    """Where in the building it is."""
    where = incident.location
    return Place(where.zone, where.floor, where.room)
