"""An alert, its pages, and a decision about it: frozen values that the rules take and give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.alerting.core.facts import BHV, Frozen, bhv_team
from services.alerting.core.reason import Event, Reason
from shared.words import (
    AlertState,
    Answer,
    Confidentiality,
    Function,
    Kind,
    Language,
    MessageType,
    PageState,
    Severity,
)

MOST_IDS = 1_000  # a batch adds at most half as many, so each id is named by the version that took it up
COMING = frozenset({Answer.COMING, Answer.ARRIVED})


@dataclass(frozen=True, slots=True)
class Page:
    """One member called by one step. Born SENDING (the store adds the lease), or FAILED when he has no channel.

    `round` grows when the same page goes out again, its answer cleared; `told` counts the messages of each type;
    only who is on his way has an `eta_due`, and `overdue` says that it passed without his arrival.
    """

    page_id: UUID
    member_id: str
    name: str
    language: Language
    team: str
    functions: tuple[Function, ...]
    step: int
    channel: str
    state: PageState = PageState.SENDING
    round: int = 1
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    answer: Answer | None = None
    answered_at: datetime | None = None
    eta_s: int | None = None
    eta_due: datetime | None = None
    overdue: bool = False
    told: Mapping[MessageType, int] = field(default_factory=dict)
    version: int = 1

    @property
    def stood_down(self) -> bool:
        """Was told that he is not needed."""
        return self.state is PageState.STOOD_DOWN

    @property
    def counts(self) -> bool:
        """Coming, for the count: said so or arrived, not stood down, not overdue."""
        return self.answer in COMING and not self.overdue and not self.stood_down

    @property
    def silent(self) -> bool:
        """May still come: was reached or is being reached, and has not answered."""
        return self.answer is None and self.state not in {PageState.FAILED, PageState.STOOD_DOWN}


@dataclass(frozen=True, slots=True)
class JoinedIncident:
    """One incident of an alert: the names it can be cleared by, whether it is over, and its `system/device`."""

    incident_id: UUID
    dedup_key: str | None
    severity: Severity
    zone: str | None
    cleared: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the building, as far as the source said."""

    zone: str | None = None
    floor: str | None = None
    room: str | None = None

    @property
    def key(self) -> str | None:
        """What makes a place another one: its zone, or its room when the source knows no zones."""
        return self.zone or self.room


@dataclass(frozen=True, slots=True)
class Alert:
    """One call for help of one building under one plan; `version` grows by one with each decision that changes it.

    `incidents` are those at hand: all that joined since it was read, and of the earlier ones those that the batch being
    decided on names. A detector may chatter for weeks in an alert that nobody closes, so of the whole only the counts
    are kept, `joined` and `open` (not cleared), and the newest ids, at most `MOST_IDS`.

    `kind` is that of the first incident, `more_kinds` are the others that joined, each once, as they came. `places` are
    those of all incidents, each once; the empty one says that some incident may be anywhere. `deadline` is the end of
    the present step, `alarmed_at` when an alarm last joined it. `stood_down_at` is set while an operator's stand-down
    holds. `more_asked` says that an operator asked for more people than the plan needs: nobody who comes is sent home
    as surplus.
    """

    alert_id: UUID
    frozen: Frozen
    kind: Kind
    building: str | None
    severity: Severity
    title: str
    text: str
    drill: bool
    confidentiality: Confidentiality
    opened_at: datetime
    updated_at: datetime
    alarmed_at: datetime
    incidents: tuple[JoinedIncident, ...]
    incident_ids: tuple[UUID, ...]
    joined: int = 1
    open: int = 1
    places: tuple[Place, ...] = ()
    more_kinds: tuple[Kind, ...] = ()
    version: int = 0
    state: AlertState = AlertState.PAGING
    step: int = 1
    deadline: datetime | None = None
    restored_at: datetime | None = None
    stood_down_at: datetime | None = None
    more_asked: bool = False
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    teams_paged: tuple[str, ...] = ()
    pages: tuple[Page, ...] = ()
    timeline_seq: int = 0

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What has happened, the first thing first."""
        return self.kind, *self.more_kinds

    @property
    def active(self) -> bool:
        """Still looks for people when they are too few: not closed, restored or stood down by an operator."""
        return self.state is not AlertState.CLOSED and self.restored_at is None and self.stood_down_at is None

    @property
    def confidential(self) -> bool:
        """Nobody but the advisers may learn of it, by any road."""
        return self.confidentiality is Confidentiality.CONFIDENTIAL

    @property
    def holds_bhv(self) -> bool:
        """Real, open to the control room, and a step that has begun calls the building's own BHV."""
        if self.drill or self.confidential or self.building is None:
            return False
        words = {BHV, bhv_team(self.building)}
        return any(not words.isdisjoint(step.teams) for step in self.frozen.plan.steps[: self.step])

    @property
    def due_at(self) -> datetime | None:
        """When to look again: the step's deadline or the first ETA of those coming; None when nothing is awaited."""
        if not self.active:
            return None
        etas = [p.eta_due for p in self.pages if p.eta_due and p.counts]
        return min([*etas, *([self.deadline] if self.deadline else [])], default=None)


@dataclass(frozen=True, slots=True)
class Message:
    """One message about one page, the `n`th of its type; `key` is its Idempotency-Key."""

    page_id: UUID
    type: MessageType
    n: int

    @property
    def key(self) -> str:
        """`<page_id>:<type>`, from the second on with `:<n>`."""
        return f"{self.page_id}:{self.type}" if self.n == 1 else f"{self.page_id}:{self.type}:{self.n}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline: what, why, which event caused it, in one plain sentence."""

    seq: int
    at: datetime
    event: Event
    reason: Reason
    cause: str
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What to save and to send. `pages` are the new and changed ones; `reasons` say why, in order, without repeats.

    The alert's version has grown if and only if `timeline` is not empty; a decision without a line changes nothing.
    """

    alert: Alert
    pages: tuple[Page, ...] = ()
    messages: tuple[Message, ...] = ()
    timeline: tuple[Line, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is anything to save."""
        return bool(self.timeline)
