"""A small campus and one alert on it, told as a story: people answer, time passes, operators act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from services.alerting.core import operator
from services.alerting.core.answers import Reply, on_answer
from services.alerting.core.due import on_due, on_failed
from services.alerting.core.facts import BuildingFacts, Channel, Member, Plan, Step
from services.alerting.core.fold import fold
from services.alerting.core.model import Alert, Decision, Message, Page
from services.alerting.core.reason import Reason
from services.alerting.core.scene import Scene
from shared.events import IncidentReported, Location, Source
from shared.ids import NAMESPACE
from shared.phrase import Phrase
from shared.words import Answer, Category, Confidentiality, Function, Kind, Language, MessageType, Severity

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LEAD, AED = Function.LEAD, Function.AED
COMING, NOT_COMING, ARRIVED = Answer.COMING, Answer.NOT_COMING, Answer.ARRIVED
Roster = Mapping[str, tuple[Member, ...]]

FIRE = Plan(
    id="fire",
    name="Fire",
    kinds=frozenset({Kind.FIRE_ALARM, Kind.SPRINKLER_FLOW}),
    min_severity=Severity.MODERATE,
    hours=None,
    needed={"total": 3, "lead": 1},
    steps=(Step(("bhv",), 45), Step(("buddy",), 45), Step(("buddies", "security"), 60), Step(("crisis",), 120)),
)
PSYCHOLOGICAL = replace(
    FIRE, id="psych", kinds=frozenset({Kind.PSYCHOLOGICAL}), needed={"total": 1}, steps=(Step(("intervention",), 60),)
)
HORST = BuildingFacts(
    code="HORST",
    name=Phrase("De Horst", "The Horst"),
    buddies=("CARRE", "RAVELIJN", "CUBICUS"),
    meeting_point=Phrase("Parkeerplaats P2", "Car park P2"),
    hazards={
        "H-205": (Phrase("acetyleen", "acetylene"),),
        "H-300": (Phrase("laser klasse 4", "class 4 laser"), Phrase("vloeibare stikstof", "liquid nitrogen")),
    },
)
CARRE = BuildingFacts("CARRE", Phrase("Carre", "Carre"), buddies=("HORST",))
BUILDINGS = {facts.code: facts for facts in (HORST, CARRE)}


def member(name: str, *functions: Function, language: Language = Language.EN) -> Member:
    """A person with a tablet; his id is his name."""
    return Member(name, name, language, functions, (Channel("tablet", name), Channel("sms", "0")))


def people(prefix: str, n: int, *, leads: int = 0) -> tuple[Member, ...]:
    """`h1`, `h2`, ... of whom the first few are leads."""
    return tuple(member(f"{prefix}{i}", *((LEAD,) if i <= leads else ())) for i in range(1, n + 1))


ROSTER: Roster = {
    "bhv-horst": people("h", 5, leads=2),
    "bhv-carre": people("c", 4, leads=1),
    "bhv-ravelijn": people("r", 2, leads=1),
    "bhv-cubicus": people("u", 2),
    "security": people("s", 2, leads=1),
    "crisis": people("k", 1),
    "intervention": people("i", 2),
}


def incident(
    name: str,
    kind: Kind = Kind.FIRE_ALARM,
    building: str | None = "HORST",
    severity: Severity = Severity.SEVERE,
    *,
    zone: str | None = None,
    room: str | None = None,
    known: bool = True,
    dedup_key: str | None = None,
    clears: str | None = None,
    drill: bool = False,
    confidentiality: Confidentiality = Confidentiality.INTERNAL,
    title: str = "",
    text: str = "",
) -> IncidentReported:
    """An incident whose id follows from its name."""
    return IncidentReported(
        incident_id=named(name),
        kind=kind,
        category=Category.BUILDINGS_LABS,
        severity=severity,
        occurred_at=NOW,
        received_at=NOW,
        location=Location(building=building, zone=zone, room=room, building_known=known),
        source=Source(system="panel", device=name),
        dedup_key=dedup_key,
        clears=clears,
        drill=drill,
        confidentiality=confidentiality,
        title=title,
        text=text,
    )


def named(name: str) -> UUID:
    """The incident id that goes with a name."""
    return uuid5(NAMESPACE, name)


def scene(
    *alerts: Alert, plans: Sequence[Plan] = (FIRE, PSYCHOLOGICAL), roster: Roster = ROSTER, busy: frozenset[str]
) -> Scene:
    """The campus with these open alerts."""
    return Scene(tuple(plans), UTC, alerts, BUILDINGS, roster, busy)


def opened(
    *first: IncidentReported, plan: Plan = FIRE, roster: Roster = ROSTER, busy: frozenset[str] = frozenset()
) -> "Story":
    """The story of the alert that these incidents open."""
    batch = first or (incident("first"),)
    (decision,) = fold(scene(plans=(plan,), roster=roster, busy=busy), batch, NOW)
    return Story(decision.alert, decision, plan=plan, roster=roster, busy=busy)


@dataclass
class Story:
    """One alert as it goes on; every act answers the decision, which is also kept as `last`."""

    alert: Alert
    last: Decision
    plan: Plan = FIRE
    roster: Roster = field(default_factory=dict)
    busy: frozenset[str] = frozenset()
    now: datetime = NOW

    def page(self, member_id: str) -> Page:
        """The page of a member, who has only one."""
        (page,) = [page for page in self.alert.pages if page.member_id == member_id]
        return page

    def answers(self, answer: Answer, *members: str, eta_s: int | None = None) -> Decision:
        """Members answer one second after another; the decision about the last one."""
        for member_id in members:
            self._tick()
            reply = Reply(self.page(member_id).page_id, answer, eta_s)
            self._take(on_answer(self.alert, reply, self.now, self.busy))
        return self.last

    def wait(self, seconds: float) -> Decision:
        """Time passes; the alert is looked at once, at its end."""
        self.now += timedelta(seconds=seconds)
        return self._take(on_due(self.alert, self.now, self.busy))

    def fails(self, *members: str) -> Decision:
        """No channel reaches these members."""
        ids = [self.page(member_id).page_id for member_id in members]
        return self._take(on_failed(self.alert, ids, self.now, self.busy))

    def reports(self, *batch: IncidentReported) -> Decision:
        """A batch of incidents; a decision without a line when it says nothing about the alert."""
        self._tick()
        folded = fold(scene(self.alert, plans=(self.plan,), roster=self.roster, busy=self.busy), batch, self.now)
        mine = [decision for decision in folded if decision.alert.alert_id == self.alert.alert_id]
        return self._take(mine[0] if mine else Decision(self.alert))

    def acknowledges(self, by: str = "Ineke") -> Decision:
        """An operator takes note."""
        return self._operator(lambda: operator.acknowledge(self.alert, by, self.now))

    def escalates(self, by: str = "Ineke", seen: int | None = None) -> Decision:
        """An operator asks for the next step, perhaps with the one that he saw."""
        return self._operator(lambda: operator.escalate(self.alert, by, self.now, self.busy, seen))

    def stands_down(self, by: str = "Ineke") -> Decision:
        """An operator sends everybody home."""
        return self._operator(lambda: operator.stand_down(self.alert, by, self.now))

    def closes(self, why: str = "false alarm", by: str = "Ineke") -> Decision:
        """An operator closes the alert."""
        return self._operator(lambda: operator.close(self.alert, by, why, self.now))

    def told(self, type_: MessageType) -> set[str]:
        """Who got a message of this type with the last decision."""
        return told(self.last, type_)

    def _operator(self, act: Callable[[], Decision]) -> Decision:
        self._tick()
        return self._take(act())

    def _tick(self) -> None:
        self.now += timedelta(seconds=1)

    def _take(self, decision: Decision) -> Decision:
        self.last, self.alert = decision, decision.alert
        return decision


def told(decision: Decision, type_: MessageType) -> set[str]:
    """The members whom a decision sends a message of this type."""
    members = {page.page_id: page.member_id for page in decision.alert.pages}
    return {members[message.page_id] for message in decision.messages if message.type is type_}


def keys(decision: Decision, page: Page) -> list[str]:
    """The message keys of one page, without its id."""
    return [_short(message) for message in decision.messages if message.page_id == page.page_id]


def _short(message: Message) -> str:
    return message.key.removeprefix(f"{message.page_id}:")


def reasons(decision: Decision) -> set[Reason]:
    """Why, in any order."""
    return set(decision.reasons)
