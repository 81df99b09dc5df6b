"""A batch of incidents, folded in order over the open alerts."""

from collections.abc import Iterable
from datetime import datetime

from services.alerting.core.draft import Draft
from services.alerting.core.facts import Plan
from services.alerting.core.incidents import Gathering, source_name
from services.alerting.core.model import Alert, Decision
from services.alerting.core.opening import open_alert
from services.alerting.core.operator import end
from services.alerting.core.plans import choose_plan
from services.alerting.core.reason import Event, Reason
from services.alerting.core.register import Register
from services.alerting.core.scene import Scene
from shared.events import IncidentReported
from shared.words import AlertState, Kind, Severity


def fold(scene: Scene, incidents: Iterable[IncidentReported], now: datetime) -> tuple[Decision, ...]:
    """One decision for each alert that the batch opens or changes, in the order it was first touched.

    An incident without a plan, of a shelved source or building, or already known gives no decision.
    """
    folding = _Folding(scene, now)
    for incident in incidents:
        folding.take(incident)
    return folding.conclude()


class _Folding:
    """The scene while a batch is folded over it."""

    def __init__(self, scene: Scene, now: datetime) -> None:
        self._scene, self._now, self._local = scene, now, now.astimezone(scene.timezone)
        self._plans: dict[tuple[Kind, Severity], Plan | None] = {}
        self._register = Register()
        self._touched: dict[Gathering, None] = {}
        for alert in scene.alerts:
            if alert.state is not AlertState.CLOSED:
                self._register.add(Gathering(Draft(alert, now, "batch"), opened=False))

    def take(self, incident: IncidentReported) -> None:
        """Clear, join, open, or leave it."""
        if incident.clears is not None:
            self._clear(incident, incident.clears)
        elif not (self._known(incident) or self._shelved(incident)):
            plan = self._plan(incident)
            gathering = self._register.match(incident, plan)
            if gathering is not None:
                gathering.join(incident)
                self._register.enter(gathering, gathering.incidents[incident.incident_id])
                self._touched[gathering] = None
            elif plan is not None:
                self._open(plan, incident)

    def conclude(self) -> tuple[Decision, ...]:
        """Apply the rules to every alert touched; a real alarm ends the drills in its way, a confidential one none."""
        busy = self._scene.busy | {g.alert.building for g in self._touched if g.alert.building and g.alert.holds_bhv}
        for gathering in list(self._touched):
            gathering.conclude(busy)
            if gathering.opened and not gathering.alert.drill and not gathering.alert.confidential:
                self._preempt_drills(gathering.alert)
        decisions = (gathering.draft.decide() for gathering in self._touched)
        return tuple(decision for decision in decisions if decision.changed)

    def _known(self, incident: IncidentReported) -> bool:
        return incident.incident_id in self._scene.known or self._register.knows(incident)

    def _shelved(self, incident: IncidentReported) -> bool:
        """What is shelved neither opens nor joins; what it clears is cleared all the same.

        The control room shelves, and what is confidential is not its own: that goes on.
        """
        if incident.confidential:
            return False
        names, building = {incident.source.system, source_name(incident)}, incident.location.building
        return not names.isdisjoint(self._scene.shelved_sources) or building in self._scene.shelved_buildings

    def _plan(self, incident: IncidentReported) -> Plan | None:
        asked = (incident.kind, incident.severity)
        if asked not in self._plans:
            self._plans[asked] = choose_plan(self._scene.plans, *asked, self._local)
        return self._plans[asked]

    def _open(self, plan: Plan, incident: IncidentReported) -> None:
        alert = open_alert(self._scene, plan, incident, self._now)
        draft = Draft(alert, self._now, f"incident:{incident.incident_id}")
        drill = "Drill: " if alert.drill else ""
        draft.line(Event.OPENED, Reason.OPENED, f"{drill}{alert.title}: plan {plan.name} holds.")
        gathering = Gathering(draft, opened=True)
        self._register.add(gathering)
        self._touched[gathering] = None

    def _clear(self, incident: IncidentReported, name: str) -> None:
        cause = f"incident:{incident.incident_id}"
        for gathering in self._register.named(name, incident.drill):
            if gathering.clear(name, cause):
                self._touched[gathering] = None

    def _preempt_drills(self, real: Alert) -> None:
        """A drill ends when a real alarm opens in its building or calls a team that the drill has called."""
        for drill in list(self._register.drills()):
            alert = drill.alert
            begun = bool(alert.teams_paged) and alert.state is not AlertState.CLOSED
            in_the_way = alert.building == real.building or not set(alert.teams_paged).isdisjoint(real.teams_paged)
            if begun and in_the_way:
                drill.draft.cause = f"alert:{real.alert_id}"
                text = "A real alarm ends the drill: those it called are free."
                end(drill.draft, Reason.PREEMPTED, "pre-empted by a real alarm", text)
                self._touched[drill] = None
