"""What must hold when everything has come to rest."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import cast

from services.reporting import fold
from shared import topics
from shared.db import Connection
from shared.errors import Unreadable
from shared.events import AlertUpdated, Event, IncidentReported, PageUpdated
from shared.wire import event_id
from tests.simulation.alerting_tables import AlertingTables
from tests.simulation.broker import Broker, Record
from tests.simulation.database import Pool, Server, Transaction
from tests.simulation.people import People
from tests.simulation.replica import CURSED
from tests.simulation.tables import Offset, ServiceTables
from tests.simulation.view_tables import ViewTables
from tests.simulation.world import Process, World

OVERDUE = timedelta(seconds=1.5)
CONSUMERS = {"alerting": ("alerting-a", "alerting-b"), "reporting": ("reporting",)}


class Ending:
    """The parts of a world at rest, and what is asked of them."""

    def __init__(
        self, world: World, broker: Broker, people: People, alerting: AlertingTables, reporting: ViewTables
    ) -> None:
        self._world, self._broker, self._people = world, broker, people
        self._alerting, self._views = alerting, reporting

    def check(self) -> None:
        """All of it."""
        self._acted_once(self._alerting)
        for tables in (self._alerting, self._views):
            self._ledger_has_no_gap(tables)
            self._dead_letters_are_the_poison(tables)
            if tables.outbox:
                self._world.wrong("the outbox empties", f"{len(tables.outbox)} records stay in {tables.name}")
        self._every_incident_is_held_once()
        self._messages_came()
        self._nothing_is_overdue()
        self._versions_came_in_order()
        self._views_are_a_fold()

    def _acted_once(self, tables: ServiceTables) -> None:
        acted = tables.acted
        expected = {event_id(e) for _, e in self._readable(tables) if not self._is_poison(tables, e)}
        wrong = {id_: acted[id_] for id_ in expected | set(acted) if acted[id_] != (id_ in expected)}
        for id_, times in sorted(wrong.items()):
            self._world.wrong("an event acts exactly once", f"{tables.name}: {id_} acted {times} times")

    def _ledger_has_no_gap(self, tables: ServiceTables) -> None:
        for (topic, partition), records in self._read_by(tables):
            for consumer in CONSUMERS[tables.name]:
                row = tables.ledger.get((consumer, topic, partition))
                if row is None or (row.first, row.next, row.missing) != (0, len(records), 0):
                    self._world.wrong(
                        "the ledger has no gap", f"{consumer} {topic}[{partition}] {row} of {len(records)}"
                    )

    def _dead_letters_are_the_poison(self, tables: ServiceTables) -> None:
        poison: set[Offset] = set()
        for _, records in self._read_by(tables):
            poison |= {_place(r) for r in records if (e := self._event(r)) is None or self._is_poison(tables, e)}
        if set(tables.dead) != poison:
            self._world.wrong("dead letters are the poison", f"{tables.name}: {sorted(set(tables.dead) ^ poison)}")
        told = sum(len(records) for (topic, _), records in self._broker.log.items() if topic.endswith(".dead"))
        if told < len(tables.dead):
            self._world.wrong("a dead letter is on its topic", f"{told} of {len(tables.dead)}")

    def _every_incident_is_held_once(self) -> None:
        for alert in self._alerting.alerts.values():
            left = sum(not joined.cleared for joined in alert.incidents)
            if (alert.joined, alert.open) != (len(alert.incidents), left):
                self._world.wrong("an alert counts its incidents", f"{alert.alert_id} {alert.joined} {alert.open}")
        held = Counter(joined.incident_id for alert in self._alerting.alerts.values() for joined in alert.incidents)
        sent = {e.incident_id: e for _, e in self._readable(self._alerting) if isinstance(e, IncidentReported)}
        for id_, incident in sent.items():
            expected = incident.title != CURSED and incident.clears is None
            if held[id_] != expected:
                self._world.wrong("an incident is in one alert", f"{id_} is in {held[id_]}")

    def _messages_came(self) -> None:
        """Each is taken once more for each fault at most; with its own key always."""
        rows, heard = self._alerting.messages, self._people.heard
        for key in heard.keys() - rows.keys():
            self._world.wrong("who is called has a row", key)
        for key, row in rows.items():
            times = len(heard.get(key, ()))
            if row.state == "sending" or (row.state == "sent" and not times) or times > 1 + self._world.faults:
                self._world.wrong(
                    "a message is sent, and once more a fault at most", f"{key} {row.state} {times} times"
                )
            if self._world.calm and times != 1:
                self._world.wrong("in calm a message is sent once", f"{key} {row.state} {times} times")

    def _nothing_is_overdue(self) -> None:
        for alert_id, alert in self._alerting.alerts.items():
            due = self._alerting.timers.get(alert_id)
            if due != alert.due_at or (due and due + OVERDUE < self._world.now()):
                self._world.wrong("a deadline is looked at", f"{alert_id}: due {alert.due_at}, timer {due}")

    def _versions_came_in_order(self) -> None:
        """As first seen; a batch that is sent again repeats what was seen."""
        for (topic, _), records in self._broker.log.items():
            if topic in (topics.ALERTS.name, topics.PAGES.name):
                newest: dict[object, int] = defaultdict(int)
                for id_, version in [_version(event) for r in records if (event := self._event(r)) is not None]:
                    if version > newest[id_] + 1:
                        self._world.wrong("events leave in order", f"{topic}: {id_} {newest[id_]} -> {version}")
                    newest[id_] = max(newest[id_], version)

    def _views_are_a_fold(self) -> None:
        """Of the records of all topics in any other order, with repeats."""
        chance = Random(self._world.seed)
        events = [event for _, event in self._readable(self._views)]
        events += chance.sample(events, len(events) // 4)
        chance.shuffle(events)
        other = ViewTables(lambda _: None)
        refold(other, [events[: len(events) // 2], events[len(events) // 2 :]])
        for mine, its in zip(self._views.views(), other.views(), strict=True):
            if mine != its:
                different = [str(key) for key in mine.keys() | its.keys() if mine.get(key) != its.get(key)]
                self._world.wrong("the views are a fold of the topics", ", ".join(sorted(different)))

    def _read_by(self, tables: ServiceTables) -> Iterator[tuple[tuple[str, int], list[Record]]]:
        for where, records in self._broker.log.items():
            if where[0] in topics.of_consumer(tables.name):
                yield where, records

    def _readable(self, tables: ServiceTables) -> Iterator[tuple[Record, Event]]:
        for _, records in self._read_by(tables):
            for record in records:
                if (event := self._event(record)) is not None:
                    yield record, event

    def _event(self, record: Record) -> Event | None:
        try:
            return self._broker.decode(record)
        except Unreadable:
            return None

    def _is_poison(self, tables: ServiceTables, event: Event) -> bool:
        return tables is self._alerting and isinstance(event, IncidentReported) and event.title == CURSED


def refold(tables: ViewTables, batches: Iterable[list[Event]]) -> None:
    """The real fold on tables of its own, in a world where nothing takes time or fails."""
    world = World(0)
    process = Process(world, "fold")
    pool = Pool(Server(world), process, tables)

    async def run() -> None:
        for batch in batches:
            async with Transaction(pool) as tx:
                await fold.fold(batch, cast(Connection, tx))

    world.loop.run(run())


def _version(event: Event) -> tuple[object, int]:
    match event:
        case AlertUpdated():
            return event.alert_id, event.version
        case PageUpdated():
            return event.page_id, event.version
        case _:
            return None, 0


def _place(record: Record) -> Offset:
    return record.topic, record.partition, record.offset
