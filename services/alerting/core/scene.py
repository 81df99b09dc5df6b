"""Everything a batch of incidents is decided on, gathered beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from uuid import UUID

from services.alerting.core.facts import BuildingFacts, Member, Plan
from services.alerting.core.model import Alert


@dataclass(frozen=True, slots=True)
class Scene:
    """The campus and the open alerts as they stand, locked.

    `alerts` are the open ones of the batch's buildings, those without a building or elsewhere that an incident of the
    batch repeats or clears by id or dedup key, and every drill that has called a team. `roster` holds the people
    present now, by team (see `Frozen`). `busy` are the buildings whose BHV has an alarm of its own
    (`Alert.holds_bhv`, not restored). `known` are the incident ids of the batch that some alert, also a closed one,
    already holds: they change nothing. `shelved` are sources (`system` or `system/device`) and the code of the building
    in which each is; a source of None is every one of the building, a building of None is the whole campus. What they
    report is recorded by others and pages nobody.
    """

    plans: tuple[Plan, ...]
    timezone: tzinfo
    alerts: tuple[Alert, ...]
    buildings: Mapping[str, BuildingFacts]
    roster: Mapping[str, tuple[Member, ...]]
    busy: frozenset[str]
    known: frozenset[UUID] = frozenset()
    shelved: frozenset[tuple[str | None, str | None]] = frozenset()
