"""Counting who comes and who may still come against who is needed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.alerting.core.facts import TOTAL
from services.alerting.core.model import Alert, Page
from services.alerting.core.reason import Reason
from shared.words import Answer

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """The count at one moment, by `total` and by each function the plan needs."""

    needed: Mapping[str, int]
    coming: Counts
    silent: Counts

    @property
    def enough(self) -> bool:
        """Everything needed is coming."""
        return all(self.coming[key] >= n for key, n in self.needed.items())

    @property
    def impossible(self) -> Reason | None:
        """Why the needed number cannot be reached any more, even if all who are silent come; None when it can."""
        if self._short(TOTAL):
            return Reason.QUORUM_IMPOSSIBLE
        return Reason.FUNCTION_IMPOSSIBLE if any(map(self._short, self.needed)) else None

    @property
    def short_of(self) -> str:
        """The first thing that cannot be reached, for the timeline; `total` when everything can."""
        return next((key for key in self.needed if self._short(key)), TOTAL)

    def _short(self, key: str) -> bool:
        return self.coming[key] + self.silent[key] < self.needed[key]


def tally(pages: Iterable[Page], needed: Mapping[str, int]) -> Tally:
    """Count the pages once for everything that is needed."""
    coming, silent = dict.fromkeys(needed, 0), dict.fromkeys(needed, 0)
    for page in pages:
        into = coming if page.counts else silent if page.silent else None
        if into is not None:
            _add(into, page)
    return Tally(needed, coming, silent)


def coming(alert: Alert) -> Counts:
    """How many are coming, with the keys of what the alert's plan needs."""
    return tally(alert.pages, alert.frozen.plan.needed).coming


def surplus(pages: Iterable[Page], needed: Mapping[str, int]) -> list[Page]:
    """Whom to send home: the last who said so first, nobody whose function is still needed.

    Those who arrived are sent home only after those still on their way.
    """
    latest_first = [page for page in pages if page.counts][::-1]
    left = tally(latest_first, needed).coming
    leaving = []
    for page in sorted(latest_first, key=_last_first):
        if all(left[key] > needed[key] for key in needed if _has(page, key)):
            leaving.append(page)
            _add(left, page, -1)
    return leaving


def _last_first(page: Page) -> tuple[bool, float]:
    """On their way before arrived, then the latest answer first."""
    return page.answer is Answer.ARRIVED, -(page.answered_at.timestamp() if page.answered_at else 0.0)


def _add(counts: Counts, page: Page, by: int = 1) -> None:
    for key in counts:
        if _has(page, key):
            counts[key] += by


def _has(page: Page, key: str) -> bool:
    return key == TOTAL or key in page.functions
