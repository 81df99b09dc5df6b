"""What a seed brings: alarms, repeats, restorals, drills, poison, what operators do, and the weather."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from services.alerting.core import operator
from services.alerting.core.model import Alert, Decision
from services.alerting.decide import Rule
from shared import ids, topics
from shared.events import IncidentReported, Location, Source
from shared.wire import Outgoing
from shared.words import Category, Kind, Severity
from tests.simulation.broker import POISON, Broker
from tests.simulation.replica import CURSED
from tests.simulation.world import START, Weather, World

LOAD_S = 2.5
KINDS = (Kind.FIRE_ALARM, Kind.SPRINKLER_FLOW, Kind.GAS, Kind.MEDICAL)
BUILDINGS = ("HORST", "HORST", "HORST", "CARRE", "CUBICUS", None)
SEVERITIES = (Severity.SEVERE, Severity.SEVERE, Severity.EXTREME)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record that a source sends at a moment of the load; None is poison."""

    at: float
    incident: IncidentReported | None
    key: str


def weather(chance: Random) -> Weather:
    """A third of the seeds is calm; in the others each thing fails now and then, or not at all."""
    if chance.random() < 0.34:
        return Weather()
    return Weather(
        database=chance.choice((0.0, 0.01, 0.04)),
        commit=chance.choice((0.0, 0.02, 0.08)),
        broker=chance.choice((0.0, 0.1, 0.3)),
        phones=chance.choice((0.0, 0.1, 0.3)),
        commits_lost=chance.choice((0.0, 0.2)),
        skew_s=chance.choice((0.0, 0.2)),
    )


def arrivals(chance: Random, calm: bool) -> list[Arrival]:
    """The records of a seed in the order of their time."""
    found: list[Arrival] = []
    for n in range(chance.choice((1, 1, 1, 2, 2, 3))):
        at, incident = chance.random() ** 2 * LOAD_S, _incident(chance, n, calm)
        if found and found[-1].incident and chance.random() < 0.4:
            at, incident = found[-1].at, _beside(chance, found[-1].incident, incident)
        found.append(Arrival(at, incident, incident.location.building or topics.NO_BUILDING))
    if not calm and chance.random() < 0.25:
        at = chance.random() * LOAD_S
        found += [Arrival(at, None, chance.choice(("HORST", "CARRE"))) for _ in range(chance.choice((1, 1, 2, 5)))]
    return sorted(found, key=lambda arrival: arrival.at)


def outgoing(broker: Broker, arrival: Arrival) -> Outgoing:
    """The record that intake would publish."""
    if arrival.incident is None:
        return Outgoing(topics.FIRE.name, arrival.key.encode(), POISON, ())
    return broker.encode(topics.for_kind(arrival.incident.kind).name, arrival.key, arrival.incident, "intake")


async def report(world: World, broker: Broker, arrival: Arrival) -> None:
    """A source that sends again what was refused, a few times; what it gave up on may land all the same."""
    await world.loop.pause(arrival.at)
    for _ in range(4):
        if broker.send([outgoing(broker, arrival)])[0]:
            await world.loop.pause(0.2)
        else:
            what = f"{arrival.incident.kind} {str(arrival.incident.incident_id)[:8]}" if arrival.incident else "poison"
            world.say("source", f"reports {what} in {arrival.key}")
            return


def operators_act(chance: Random) -> tuple[str, Rule]:
    """One thing that the control room may do to an alert."""
    name = chance.choice(("acknowledge", "escalate", "escalate", "stand_down", "close"))

    def rule(alert: Alert, now: datetime, busy: frozenset[str]) -> Decision:
        match name:
            case "acknowledge":
                return operator.acknowledge(alert, "Ineke", now)
            case "escalate":
                return operator.escalate(alert, "Ineke", now, busy)
            case "stand_down":
                return operator.stand_down(alert, "Ineke", now)
            case _:
                return operator.close(alert, "Ineke", "over", now)

    return name, rule


def _incident(chance: Random, n: int, calm: bool) -> IncidentReported:
    """An alarm, or with some chance the end of one."""
    kind, building = chance.choice(KINDS), chance.choice(BUILDINGS)
    device = f"{building}/{chance.randint(1, 2)}"
    return IncidentReported(
        incident_id=_named(f"{chance.getrandbits(32)}/{n}"),
        kind=kind,
        category=Category.BUILDINGS_LABS,
        severity=chance.choice(SEVERITIES),
        occurred_at=START,
        received_at=START,
        location=Location(building=building, zone=chance.choice((None, "1", "2"))),
        source=Source(system="panel", device=device),
        title=CURSED if not calm and chance.random() < 0.06 else "",
        dedup_key=device,
        drill=chance.random() < 0.2,
        clears=device if n and chance.random() < 0.15 else None,
    )


def _beside(chance: Random, known: IncidentReported, other: IncidentReported) -> IncidentReported:
    """At the same moment: the same incident again, or as of elsewhere, or one of the same place by another topic."""
    luck = chance.random()
    if luck < 0.4:
        where = known.location.model_copy(update={"building": other.location.building})
        return known if luck < 0.2 else known.model_copy(update={"location": where})
    kind = Kind.FIRE_ALARM if known.kind is Kind.GAS else Kind.GAS
    return other.model_copy(update={"kind": kind, "location": known.location, "drill": known.drill})


def _named(name: str) -> UUID:
    return ids.incident_id("panel", name)
