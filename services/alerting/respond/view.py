"""What a responder sees of one page: the alert, how many come, where he himself stands. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from services.alerting.core import briefing
from services.alerting.core.counting import coming
from services.alerting.core.facts import TOTAL
from services.alerting.core.model import Alert, Page, Place
from services.alerting.facts import Facts
from shared.words import AlertState, Answer, Language, MessageType, Severity


class Standing(StrEnum):
    """Where a responder stands; the first that holds, from the bottom of the list up."""

    CALLED = "called"
    AGAIN = "again"
    COMING = "coming"
    NOT_COMING = "not_coming"
    ARRIVED = "arrived"
    LATE = "late"
    STOOD_DOWN = "stood_down"
    RESTORED = "restored"
    OVER = "over"


WAITED_FOR = frozenset({Standing.CALLED, Standing.AGAIN})
DONE = frozenset({Standing.STOOD_DOWN, Standing.RESTORED, Standing.OVER})
MAY_ANSWER = frozenset(Standing) - {Standing.OVER, Standing.RESTORED}


@dataclass(frozen=True, slots=True)
class Scene:
    """An alert without its pages, and what all who were paged see of them: counted once for everybody."""

    alert: Alert
    coming: Mapping[str, int]
    step_teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many of what is needed are coming; `key` is `total` or a function."""

    key: str
    coming: int
    needed: int

    @property
    def enough(self) -> bool:
        """Nobody more is needed."""
        return self.coming >= self.needed


@dataclass(frozen=True, slots=True)
class Spot:
    """A place inside the building; `words` are the campus file's for the zone."""

    zone: str | None
    floor: str | None
    room: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """One page as it is shown, in the reader's language; times are in the campus's zone."""

    page_id: UUID
    standing: Standing
    what: str
    building: str
    severity: Severity
    drill: bool
    told: tuple[str, ...]
    spots: tuple[Spot, ...]
    hazards: tuple[str, ...]
    meeting_point: str
    since: datetime
    today: bool
    state: AlertState
    total: Count
    functions: tuple[Count, ...]
    step: int
    steps: int
    now_called: tuple[str, ...]
    next_step_at: datetime | None
    answer: Answer | None
    eta_s: int | None
    eta_due: datetime | None
    answered_at: datetime | None
    over_at: datetime | None
    updated: bool
    unseen: bool
    news: str

    @property
    def rings(self) -> bool:
        """The tablet makes noise until he answers."""
        return self.standing in WAITED_FOR

    @property
    def done(self) -> bool:
        """He is not waited for any more: that is told first."""
        return self.standing in DONE

    @property
    def may_answer(self) -> bool:
        """An answer still means something."""
        return self.standing in MAY_ANSWER


def scene_of(alert: Alert) -> Scene:
    """Count an alert's pages for everybody who looks at it."""
    teams = dict.fromkeys(page.team for page in alert.pages if page.step == alert.step)
    return Scene(replace(alert, pages=()), coming(alert), tuple(teams))


def standing_of(alert: Alert, page: Page) -> Standing:
    """What is most important for this responder to know: the end first, then what he himself said."""
    if alert.state is AlertState.CLOSED:
        return Standing.OVER
    if alert.restored_at is not None:
        return Standing.RESTORED
    if page.stood_down or alert.stood_down_at is not None:
        return Standing.STOOD_DOWN
    return Standing.LATE if page.overdue else _answered(page)


def _answered(page: Page) -> Standing:
    match page.answer:
        case None:
            return Standing.CALLED if page.round == 1 else Standing.AGAIN
        case Answer.COMING:
            return Standing.COMING
        case Answer.NOT_COMING:
            return Standing.NOT_COMING
        case Answer.ARRIVED:
            return Standing.ARRIVED
        case _:
            assert_never(page.answer)


def card_of(scene: Scene, page: Page, facts: Facts, language: Language, now: datetime) -> Card:
    """The page in the reader's language."""
    alert = scene.alert
    standing = standing_of(alert, page)
    counts = [Count(key, scene.coming[key], needed) for key, needed in alert.frozen.plan.needed.items()]
    return Card(
        page_id=page.page_id,
        standing=standing,
        what=briefing.what(alert, language),
        building=_building(alert, language),
        severity=alert.severity,
        drill=alert.drill,
        told=tuple(filter(None, (briefing.own_title(alert, language), briefing.own_text(alert)))),
        spots=tuple(_spot(place, alert.building, facts, language) for place in alert.places if place != Place()),
        hazards=tuple(briefing.hazards(alert, language)),
        meeting_point=briefing.meeting_point(alert, language),
        since=_local(alert.opened_at, facts),
        today=_local(alert.opened_at, facts).date() == _local(now, facts).date(),
        state=alert.state,
        total=next(count for count in counts if count.key == TOTAL),
        functions=tuple(count for count in counts if count.key != TOTAL),
        step=alert.step,
        steps=len(alert.frozen.plan.steps),
        now_called=tuple(_team(team, facts, language) for team in scene.step_teams),
        next_step_at=_next_step_at(alert, facts),
        answer=page.answer,
        eta_s=page.eta_s,
        eta_due=_local(page.eta_due, facts) if page.eta_due else None,
        answered_at=_local(page.answered_at, facts) if page.answered_at else None,
        over_at=_over_at(alert, facts),
        updated=page.told.get(MessageType.UPDATE, 0) > 0,
        unseen=page.delivered_at is None,
        news=_news(standing, page),
    )


def _news(standing: Standing, page: Page) -> str:
    """Changes whenever something happened that the responder did not do himself: then the tablet chimes."""
    told = [str(page.told.get(kind, 0)) for kind in MessageType]
    return "-".join([*told, "" if standing in MAY_ANSWER else standing])


def _building(alert: Alert, language: Language) -> str:
    building = alert.frozen.building
    return building.name.read_in(language) if building else alert.building or ""


def _spot(place: Place, code: str | None, facts: Facts, language: Language) -> Spot:
    building = facts.campus.building(code) if code else None
    zones = {zone.zone: zone.text.read_in(language) for zone in building.zones} if building else {}
    return Spot(place.zone, place.floor, place.room, zones.get(place.zone or "", ""))


def _team(team_id: str, facts: Facts, language: Language) -> str:
    team = facts.campus.team(team_id)
    return team.name.read_in(language) if team else team_id


def _next_step_at(alert: Alert, facts: Facts) -> datetime | None:
    """When the next step follows if too few come; None when nothing follows."""
    looking = alert.active and alert.state is AlertState.PAGING and alert.step < len(alert.frozen.plan.steps)
    return _local(alert.deadline, facts) if looking and alert.deadline else None


def _over_at(alert: Alert, facts: Facts) -> datetime | None:
    at = alert.closed_at or alert.restored_at or alert.stood_down_at
    return _local(at, facts) if at else None


def _local(at: datetime, facts: Facts) -> datetime:
    return at.astimezone(facts.timezone)
