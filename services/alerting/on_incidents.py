"""The Kafka handler: a batch of incidents becomes alerts, pages and timers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.alerting import store_gather
from services.alerting.core.fold import fold
from services.alerting.core.scene import Scene
from services.alerting.decide import Decider
from services.alerting.facts import Facts
from services.alerting.people import Roster
from services.alerting.store_gather import Wanted
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
        alerts, standing = await store_gather.gather(tx, wanted(incidents), now)
        return Scene(
            plans=self.facts.plans,
            timezone=self.facts.timezone,
            alerts=tuple(alerts),
            buildings=self.facts.buildings,
            roster=await self.roster.teams(tx, standing.roster_version, now),
            busy=standing.busy,
            known=standing.known,
            shelved=standing.shelved,
        )


def wanted(incidents: Sequence[IncidentReported]) -> Wanted:
    """The open alerts that a batch may change."""
    cleared = {i.clears for i in incidents if i.clears}
    by_key = [i for i in incidents if i.dedup_key and not _in_a_building(i)]
    return Wanted(
        buildings=sorted({i.location.building or "" for i in incidents if _in_a_building(i)}),
        ids=[*(i.incident_id for i in incidents), *(id_ for name in cleared if (id_ := incident_id(name)))],
        cleared=sorted(cleared),
        keys=sorted({i.dedup_key or "" for i in by_key}),
        unknown=sorted({i.location.building for i in by_key if i.location.building}),
        drills=any(not i.drill and not i.clears for i in incidents),
    )


def lock_of(event: Event) -> str | None:
    """By what it joins: for that nobody else may open an alert while this event is handled."""
    if not isinstance(event, IncidentReported):
        return None
    if _in_a_building(event):
        return f"building {event.location.building}"
    return f"key {event.dedup_key}" if event.dedup_key else None


def incident_id(name: str) -> UUID | None:
    """What an incident clears, when it is named by its id; None for a dedup key."""
    try:
        return UUID(name)
    except ValueError:
        return None


def _in_a_building(incident: IncidentReported) -> bool:
    """It joins by its building and plan; what is outdoors or in an unknown building joins by its dedup key."""
    return incident.location.building is not None and incident.location.building_known
