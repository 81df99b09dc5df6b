"""Folds events into the views: what the live consumer does with a batch, and what a rebuild does too."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.reporting import store
from services.reporting.batch import reduce
from shared import waypoint
from shared.db import Connection
from shared.events import Event, IncidentReported
from shared.waypoint import Point


async def fold(events: Sequence[Event], tx: Connection) -> None:
    """Bring the views up to these events; the live fold and a rebuild both end here."""
    await store.save(tx, reduce(events))


class LiveFold:
    """The handler of the live views: folds, then wakes the streams; `folded` is told how old the newest event was."""

    def __init__(self, wake: Callable[[], None], folded: Callable[[float], None]) -> None:
        self._wake = wake
        self._folded = folded

    async def on_events(self, events: Sequence[Event], tx: Connection, now: datetime) -> Callable[[], None]:
        """Fold a batch; after the commit the streams of this process look."""
        await fold(events, tx)
        newest = max(known_at(event) for event in events)

        def after() -> None:
            waypoint.passed(Point.VIEWED)
            self._folded(max(0.0, (now - newest).total_seconds()))
            self._wake()

        return after


def known_at(event: Event) -> datetime:
    """When the product itself came to know a fact; a device's clock may be wrong."""
    return event.received_at if isinstance(event, IncidentReported) else event.updated_at
