"""Draws a schedule: each way to fail is a card; the deck is shuffled and dealt, with quiet time between, and again."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from tests.proof.schedule import Fault, Kind, Schedule

FIRST_S = 5.0  # a run begins whole
QUIET_S = (8.0, 14.0)  # from the end of a fault to the next: time to heal, and to see that all is well
OVERLAPPING = 0.2  # of the faults begin while another lasts, one longer than this:
LONG_S = 2.0
CLOCK_S = (3600.0, -3600.0)
DELAYS_S = (0.05, 0.3, 1.0)
CUT_BYTES = (0.0, 200.0, 5_000.0, 100_000.0)
TOPICS = ("incidents.fire", "incidents.access", "incidents.traffic", "incidents.general", "alerts", "pages")
BETWEEN_BROKERS = re.compile(r"kafka-replication(?:-(?P<one>\d))?")
GROUND_OF = re.compile(r"-(kafka(-\d)?|postgres)$")  # a road from a service to what it stands on; less it, the service
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a cluster has that can fail; `roads` are its links."""

    services: tuple[str, ...]
    brokers: tuple[str, ...]
    roads: tuple[str, ...]
    poisons: tuple[str, ...]
    clocks: bool = True
    small_disk: bool = True

    @property
    def alertings(self) -> frozenset[str]:
        """The replicas of which one must be left."""
        return frozenset(name for name in self.services if name.startswith("alerting"))


@dataclass(frozen=True, slots=True)
class Card:
    """A way to fail: whom it may hit, how it is done, how long it lasts, how strong it is, how long it heals."""

    kind: Kind
    targets: tuple[str, ...]
    manner: str = ""
    seconds: Span = (0.0, 0.0)
    strengths: tuple[float, ...] = ()
    heals: float = 0.0

    def drawn(self, random: Random, at: float) -> Fault:
        """One fault of this sort."""
        by = random.choice(self.strengths) if self.strengths else None
        seconds = round(random.uniform(*self.seconds), 1)
        return Fault(ceil(10 * at) / 10, self.kind, random.choice(self.targets), self.manner, by, seconds)


def random_schedule(seed: int, minutes: float, shape: Shape) -> Schedule:
    """The same for the same arguments. The last fault is undone before the time is over."""
    random = Random(seed)
    faults: list[Fault] = []
    at = free = FIRST_S
    for card in _dealt(random, cards(shape)):
        fault = card.drawn(random, at)
        if at < free and not _may_overlap(faults[-1], fault, shape):
            at = free
            fault = card.drawn(random, at)
        if fault.end > minutes * 60:
            break
        overlaps = at < free
        faults.append(fault)
        free = max(free if overlaps else 0.0, fault.end + card.heals + random.uniform(*QUIET_S))
        begins_within = fault.seconds > LONG_S and not overlaps and random.random() < OVERLAPPING
        at = fault.at + fault.seconds * random.uniform(0.2, 0.8) if begins_within else free
    return Schedule(tuple(faults), seed)


def cards(shape: Shape) -> list[Card]:
    """Every way to fail that this cluster has."""
    return [*_of_services(shape), *_of_brokers(shape), *_of_postgres(shape), *_of_roads(shape), *_of_records(shape)]


def hits(fault: Fault) -> frozenset[str]:
    """The parts that are not what they were while this lasts."""
    if fault.kind is Kind.POISON:
        return frozenset()
    if found := BETWEEN_BROKERS.fullmatch(fault.target):
        return frozenset({f"kafka-{found['one']}"} if found["one"] else {"kafka-1", "kafka-2", "kafka-3"})
    return frozenset({GROUND_OF.sub("", fault.target)})


def _may_overlap(one: Fault, other: Fault, shape: Shape) -> bool:
    """Different parts, one broker at most, and a replica of alerting that is left."""
    both = hits(one) | hits(other)
    apart = not hits(one) & hits(other)
    return apart and not shape.alertings <= both and len(both & set(shape.brokers)) <= 1


def _dealt(random: Random, deck: Sequence[Card]) -> Iterator[Card]:
    """For ever; in each round every card once, and each kind once before any kind twice."""
    while True:
        seen: Counter[Kind] = Counter()
        turns: list[tuple[int, Card]] = []
        for card in random.sample(deck, len(deck)):
            turns.append((seen[card.kind], card))
            seen[card.kind] += 1
        yield from (card for _, card in sorted(turns, key=lambda turn: turn[0]))


def _of_services(shape: Shape) -> Iterator[Card]:
    yield Card(Kind.KILL, shape.services, seconds=(0.0, 4.0), heals=4)
    yield Card(Kind.TERM, shape.services, seconds=(0.0, 3.0), heals=4)
    yield Card(Kind.FREEZE, shape.services, seconds=(3.0, 12.0))
    yield Card(Kind.BLOCK, shape.services, seconds=(3.0, 3.0))
    yield Card(Kind.JOIN, (*sorted(shape.alertings), "reporting"), seconds=(8.0, 14.0))
    if shape.clocks:
        yield Card(Kind.CLOCK, shape.services, seconds=(8.0, 16.0), strengths=CLOCK_S)


def _of_brokers(shape: Shape) -> Iterator[Card]:
    yield Card(Kind.FREEZE, shape.brokers, seconds=(3.0, 9.0))
    for manner in ("kill", "clean", *(["empty"] if len(shape.brokers) > 1 else [])):
        yield Card(Kind.RESTART, shape.brokers, manner, heals=8)


def _of_postgres(shape: Shape) -> Iterator[Card]:
    for manner in ("postmaster", "backend", "whole"):
        yield Card(Kind.FREEZE, ("postgres",), manner, (3.0, 8.0))
    for manner in ("immediate", "kill"):
        yield Card(Kind.RESTART, ("postgres",), manner, heals=4)
    if shape.small_disk:
        yield Card(Kind.FILL, ("postgres",), seconds=(3.0, 8.0), heals=4)


def _of_roads(shape: Shape) -> Iterator[Card]:
    to_kafka = tuple(road for road in shape.roads if "-kafka" in road or BETWEEN_BROKERS.fullmatch(road))
    to_postgres = tuple(road for road in shape.roads if road.endswith("-postgres"))
    outside = tuple(road for road in shape.roads if road not in (*to_kafka, *to_postgres))
    for roads in (to_kafka, to_postgres, outside):
        yield Card(Kind.REFUSE, roads, seconds=(2.0, 8.0))
        yield Card(Kind.BLACKHOLE, roads, seconds=(3.0, 9.0))
        yield Card(Kind.DELAY, roads, seconds=(4.0, 10.0), strengths=DELAYS_S)
        yield Card(Kind.CUT, roads, seconds=(2.0, 5.0), strengths=CUT_BYTES)


def _of_records(shape: Shape) -> Iterator[Card]:
    for poison in shape.poisons:
        yield Card(Kind.POISON, TOPICS, poison)
