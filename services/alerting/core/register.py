"""The open alerts of a batch, found by building and plan, by incident, and by dedup key at constant cost."""

from collections.abc import Iterator

from services.alerting.core.facts import Plan
from services.alerting.core.incidents import Gathering
from services.alerting.core.model import JoinedIncident
from shared.events import IncidentReported
from shared.words import AlertState

_Key = tuple[str | None, str, bool]


class Register:
    """Every open alert once; what joins is entered at once, so that later incidents of the batch find it."""

    def __init__(self) -> None:
        self._all: dict[int, Gathering] = {}
        self._by_key: dict[_Key, Gathering] = {}
        self._by_id: dict[str, Gathering] = {}
        self._by_dedup: dict[tuple[str, bool], dict[int, Gathering]] = {}

    def add(self, gathering: Gathering) -> None:
        """One alert more, with all its incidents; what joins its building and plan finds it from now on."""
        self._all[id(gathering)] = gathering
        if not gathering.alert.confidential:
            self._by_key[_key_of(gathering)] = gathering
        for joined in gathering.incidents.values():
            self.enter(gathering, joined)

    def enter(self, gathering: Gathering, joined: JoinedIncident) -> None:
        """One incident more of an alert."""
        self._by_id[str(joined.incident_id)] = gathering
        if joined.dedup_key is not None:
            named = self._by_dedup.setdefault((joined.dedup_key, gathering.alert.drill), {})
            named[id(gathering)] = gathering

    def knows(self, incident: IncidentReported) -> bool:
        """Whether an open alert has this incident already."""
        return str(incident.incident_id) in self._by_id

    def match(self, incident: IncidentReported, plan: Plan | None) -> Gathering | None:
        """The alert an incident joins: the same building, plan and drill flag, or outdoors the same dedup key.

        What is confidential joins nothing and nothing joins it: each person who reports is somebody's case.
        """
        if incident.confidential:
            return None
        where = incident.location
        if where.building is not None and where.building_known:
            return self._by_key.get((where.building, plan.id, incident.drill)) if plan else None
        named = self._by_dedup.get((incident.dedup_key or "", incident.drill), {}).values()
        return next((g for g in named if g.alert.state is not AlertState.CLOSED and not g.alert.confidential), None)

    def named(self, name: str, drill: bool) -> list[Gathering]:
        """The alerts that hold an incident of this id, or of this dedup key and drill flag."""
        by_id = self._by_id.get(name) or self._by_id.get(name.lower())
        return [by_id] if by_id else list(self._by_dedup.get((name, drill), {}).values())

    def drills(self) -> Iterator[Gathering]:
        """The alerts that are drills."""
        return (gathering for gathering in self._all.values() if gathering.alert.drill)

    def real(self) -> Iterator[Gathering]:
        """The alerts that are none, and that the control room may see: drills make way for them."""
        mine = self._all.values()
        return (gathering for gathering in mine if not (gathering.alert.drill or gathering.alert.confidential))


def _key_of(gathering: Gathering) -> _Key:
    alert = gathering.alert
    return alert.building, alert.frozen.plan.id, alert.drill
