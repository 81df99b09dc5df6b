"""How far the views may be behind, and whether a stream may still tick: nobody reads "live" above a still picture."""

import math
from collections.abc import Callable

from shared import clock
from shared.delivery import Progress

FRESH_S = 5.0


class Pulse:
    """Three things make the views move: Kafka answers, batches are folded, PostgreSQL tells what changed.

    `silent_s` says how long ago Kafka last answered; `progress` is the fold's, once there is one.
    """

    def __init__(self, silent_s: Callable[[], float]) -> None:
        self.silent_s = silent_s
        self.progress = Progress()
        self._looked_at = -math.inf
        self._folded = (-math.inf, 0.0)  # when, and how old its newest event was

    def looked(self) -> None:
        """The reader of the revisions has seen the database."""
        self._looked_at = clock.monotonic()

    def folded(self, age_s: float) -> None:
        """A batch is in the views; its newest event was so old."""
        self._folded = (clock.monotonic(), age_s)

    def lag_s(self) -> float:
        """Seconds that the views may be behind: growing while nothing is folded, and nearly none when all is."""
        now = clock.monotonic()
        at, age_s = self._folded
        return max(self.silent_s(), self._waiting_s(now), age_s if now - at < FRESH_S else 0.0)

    @property
    def beats(self) -> bool:
        """Whether what is shown follows what happens. An old event that comes late is no reason to say it does not."""
        now = clock.monotonic()
        return max(self.silent_s(), self._waiting_s(now), now - self._looked_at) < FRESH_S

    def _waiting_s(self, now: float) -> float:
        """How long the oldest batch has been under way."""
        return now - min(self.progress.began, default=now)
