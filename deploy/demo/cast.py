"""Who of the paged answers what, and in which order. Pure: the alert as seen in, the next answer out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deploy.demo.product import AlertSeen, PageSeen
from shared.words import AlertState, Answer, PageState

UNREACHED = (PageState.QUEUED, PageState.FAILED, PageState.STOOD_DOWN)
ETAS_S = (60, 90, 120, 180)


@dataclass(frozen=True, slots=True)
class Cast:
    """`only` says of a team how many of it come, the others decline; of any other team all come until there are enough.

    `human` is the member that a person plays: nobody answers for him.
    """

    human: str | None = None
    only: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """The next answer, and how long the member says to need."""

    page: PageSeen
    answer: Answer
    eta_s: int | None


def next_reply(alert: AlertSeen, cast: Cast) -> Reply | None:
    """The answer of the next silent member; None when all that is left to say is the human's, or enough come."""
    if alert.state is not AlertState.PAGING:
        return None
    for page in _played(alert, cast):
        if page.answer is None and page.state not in UNREACHED:
            place = _coming(alert, page.team)
            if place < cast.only.get(page.team, len(alert.pages)):
                return Reply(page, Answer.COMING, ETAS_S[place % len(ETAS_S)])
            return Reply(page, Answer.NOT_COMING, None)
    return None


def next_arrival(alert: AlertSeen, cast: Cast) -> PageSeen | None:
    """The next member who is on his way and now there."""
    on_the_way = (page for page in _played(alert, cast) if page.answer is Answer.COMING)
    return next((page for page in on_the_way if page.state is not PageState.STOOD_DOWN), None)


def _played(alert: AlertSeen, cast: Cast) -> Iterator[PageSeen]:
    """The members we play: who leads comes first, so that the function is filled early."""
    pages = sorted(alert.pages, key=lambda page: ("lead" not in page.functions, page.member))
    return (page for page in pages if page.member_id != cast.human)


def _coming(alert: AlertSeen, team: str) -> int:
    return sum(page.team == team and page.answer in (Answer.COMING, Answer.ARRIVED) for page in alert.pages)
