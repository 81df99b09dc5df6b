"""The Kafka handler: a batch of incidents becomes alerts, pages and timers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.alerting import store_read
from services.alerting.core.fold import fold
from services.alerting.core.scene import Scene
from services.alerting.decide import Decider
from services.alerting.facts import Facts
from services.alerting.people import Roster
from shared.db import Connection
from shared.events import Event, IncidentReported


@dataclass(frozen=True, slots=True)
class OnIncidents:
    """Gather, fold, save. The roster is read again only when people changed."""

    facts: Facts
    roster: Roster
    decider: Decider

    async def __call__(self, events: Sequence[Event], tx: Connection, now: datetime) -> Callable[[], None] | None:
        """Fold a batch into the alerts of its buildings: one read a table, one pure fold, one write a table."""
        incidents = [event for event in events if isinstance(event, IncidentReported)]
        scene = await self._gather(tx, incidents, now)
        decisions = fold(scene, incidents, now)
        cause_at = min(incident.received_at for incident in incidents)
        return await self.decider.save(tx, scene.alerts, decisions, now, cause_at)

    async def _gather(self, tx: Connection, incidents: Sequence[IncidentReported], now: datetime) -> Scene:
        buildings = sorted({i.location.building for i in incidents if i.location.building})
        ids = [i.incident_id for i in incidents]
        keys = {key for i in incidents for key in (i.clears, i.dedup_key) if key}
        await store_read.lock_buildings(tx, buildings)
        alerts = await store_read.lock_open_alerts(tx, buildings, ids, sorted(keys))
        standing = await store_read.standing(tx, ids)
        return Scene(
            plans=self.facts.plans,
            timezone=self.facts.timezone,
            alerts=tuple(alerts),
            buildings=self.facts.buildings,
            roster=await self.roster.teams(tx, standing.roster_version, now),
            busy=standing.busy,
            known=standing.known,
        )
