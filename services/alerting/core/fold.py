"""A batch of incidents, folded in order over the open alerts."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import product

from services.alerting.core.draft import Draft
from services.alerting.core.drills import ENDS, preempt
from services.alerting.core.facts import Plan
from services.alerting.core.incidents import Gathering, source_name
from services.alerting.core.model import Alert, Decision
from services.alerting.core.opening import open_alert
from services.alerting.core.operator import finish
from services.alerting.core.plans import choose_plan
from services.alerting.core.reason import Event, Reason
from services.alerting.core.register import Register
from services.alerting.core.scene import Scene
from shared import titles
from shared.events import IncidentReported
from shared.words import AlertState, Kind, Language, Severity, Urgency


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
        self._named: set[str | None] = set()
        for alert in scene.alerts:
            if alert.state is not AlertState.CLOSED:
                self._register.add(Gathering(Draft(alert, now, "batch"), opened=False))

    def take(self, incident: IncidentReported) -> None:
        """Clear, join, open, or leave it; what needs no action any more (CAP: past) calls nobody, but it may clear."""
        if incident.location.building_known:
            self._named.add(incident.location.building)
        if incident.clears is not None:
            self._clear(incident, incident.clears)
        elif not (_calls_nobody(incident) or self._known(incident) or self._shelved(incident)):
            plan = self._plan(incident)
            gathering = self._register.match(incident, plan)
            if gathering is not None and gathering.outlived:
                if plan is not None:
                    self._supersede(gathering, incident)
                gathering = None
            if gathering is not None:
                gathering.join(incident)
                self._register.enter(gathering, gathering.incidents[incident.incident_id])
                self._touched[gathering] = None
            elif plan is not None:
                self._open(plan, incident)

    def conclude(self) -> tuple[Decision, ...]:
        """Apply the rules to every alert touched: first what calls nobody, so that a restored building is free."""
        calling = dict.fromkeys(gathering for gathering in self._touched if gathering.calls)
        for gathering in self._touched:
            gathering.write_down()
            if gathering not in calling:
                gathering.conclude(self._scene.busy)
        self._call(calling)
        decisions = (gathering.draft.decide() for gathering in self._touched)
        return tuple(decision for decision in decisions if decision.changed)

    def _call(self, calling: Collection[Gathering]) -> None:
        """Page for the real alarms, then for the drills that none of them forbids; end the drills in their way."""
        busy = self._busy(calling)
        for gathering in calling:
            if not gathering.alert.drill:
                gathering.conclude(busy)
        on = [real for real in self._register.real() if real.alert.active or real in calling]
        for gathering in calling:
            if gathering.alert.drill and not self._forbidden(gathering, on):
                gathering.conclude(busy)
        for real in on:
            if real in calling:
                self._preempt_drills(real.alert)

    def _busy(self, calling: Collection[Gathering]) -> frozenset[str]:
        """The buildings whose BHV has an alarm, without those of which this batch restored the last one.

        Whether it was the last is known of the buildings that the batch names: all their alerts are at hand.
        """
        real = [g for g in self._register.real() if g.alert.state is not AlertState.CLOSED]
        holding = [g for g in real if g.alert.holds_bhv]
        over = {g.alert.building for g in holding if g.alert.restored_at is not None}
        held = {g.alert.building for g in holding if g.alert.restored_at is None or g in calling}
        return frozenset(code for code in (self._scene.busy - (over & self._named)) | held if code is not None)

    def _known(self, incident: IncidentReported) -> bool:
        return incident.incident_id in self._scene.known or self._register.knows(incident)

    def _shelved(self, incident: IncidentReported) -> bool:
        """What is shelved neither opens nor joins; what it clears is cleared all the same.

        The control room shelves, and what is confidential is not its own: that goes on.
        """
        if incident.confidential:
            return False
        sources, places = (None, incident.source.system, source_name(incident)), (None, incident.location.building)
        return not self._scene.shelved.isdisjoint(product(sources, places))

    def _plan(self, incident: IncidentReported) -> Plan | None:
        asked = (incident.kind, incident.severity)
        if asked not in self._plans:
            self._plans[asked] = choose_plan(self._scene.plans, *asked, self._local)
        return self._plans[asked]

    def _open(self, plan: Plan, incident: IncidentReported) -> None:
        alert = open_alert(self._scene, plan, incident, self._now)
        draft = Draft(alert, self._now, f"incident:{incident.incident_id}")
        what = ("Drill: " if alert.drill else "") + titles.read_in(alert.title, Language.EN)
        draft.line(Event.OPENED, Reason.OPENED, f"{what}: plan {plan.name} holds.")
        gathering = Gathering(draft, opened=True)
        self._register.add(gathering)
        self._touched[gathering] = None

    def _supersede(self, old: Gathering, incident: IncidentReported) -> None:
        """An alert that nobody closed makes way: its people may have gone home since, and are told nothing of it.

        It is touched before the one that opens, and so written before it: a building has one open alert of a plan.
        """
        old.draft.cause = f"incident:{incident.incident_id}"
        text = "It was long quiet and nobody closed it: a new alarm opens an alert of its own."
        finish(old.draft, Reason.SUPERSEDED, "superseded by a new alarm", text)
        self._touched[old] = None

    def _clear(self, incident: IncidentReported, name: str) -> None:
        cause = f"incident:{incident.incident_id}"
        for gathering in self._register.named(name, incident.drill):
            if gathering.alert.state is not AlertState.CLOSED and gathering.clear(name, cause):
                self._touched[gathering] = None

    def _forbidden(self, drill: Gathering, on: Iterable[Gathering]) -> bool:
        """A drill begins in no building that has a real alarm: it ends before it calls anybody."""
        building = drill.alert.building
        real = next((real.alert for real in on if real.alert.building == building), None) if building else None
        if real is not None:
            self._preempt(drill, real, "A real alarm goes before the drill: it calls nobody.")
        return real is not None

    def _preempt_drills(self, real: Alert) -> None:
        """A drill ends when a real alarm begins in its building or calls a team that the drill has called."""
        for drill in list(self._register.drills()):
            alert = drill.alert
            begun = bool(alert.teams_paged) and alert.state is not AlertState.CLOSED
            here = alert.building is not None and alert.building == real.building
            if begun and (here or not set(alert.teams_paged).isdisjoint(real.teams_paged)):
                self._preempt(drill, real)

    def _preempt(self, drill: Gathering, real: Alert, text: str = ENDS) -> None:
        preempt(drill.draft, real.alert_id, text)
        self._touched[drill] = None


def _calls_nobody(incident: IncidentReported) -> bool:
    """A test of a panel, an access that was granted; but who confides what is past is somebody's case all the same."""
    return incident.urgency is Urgency.PAST and not incident.confidential
