"""Puts the simulation in the place of clock, database, wire and waypoints, for as long as a block runs."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

from services.alerting import marks, messages, people, store_gather, store_read, store_write, timers
from services.reporting import store, store_alerts
from shared import clock, db, delivery, delivery_store, outbox, waypoint
from tests.simulation import alerting_tables, message_rows, tables, view_tables
from tests.simulation.broker import Broker
from tests.simulation.database import Pool, Transaction
from tests.simulation.world import World, passed

SQL: tuple[tuple[ModuleType, ModuleType, tuple[str, ...]], ...] = (
    (delivery_store, tables, ("enter", "bury")),
    (outbox, tables, ("put",)),
    (
        store_read,
        alerting_tables,
        (
            "lock_alerts", "lock_alert_of_page", "lock_due", "busy_buildings", "timers", "read_alerts",
        ),
    ),
    (store_gather, alerting_tables, ("gather",)),
    (store_write, alerting_tables, ("save", "save_pages", "save_timers")),
    (people, alerting_tables, ("everybody",)),
    (messages, message_rows, ("drop_expired", "claim_expired", "mark_sent", "mark_failed", "retry_at")),
    (store, view_tables, ("lock_revision", "choose_alerts", "note_changes")),
    (store_alerts, view_tables, ("upsert_alerts", "upsert_pages", "insert_lines")),
)  # fmt: skip
POLL_S = 2.0  # what is looked at without being woken, less often than in the product: a look costs time
POLLS: tuple[tuple[object, str], ...] = ((outbox, "POLL_S"), (timers, "POLL_S"), (marks, "SWEEP_S"))
PRIVATE = (("_upsert_incidents", view_tables.upsert_incidents), ("_insert_links", view_tables.insert_links))


@contextmanager
def simulated(world: World, broker: Broker) -> Iterator[None]:
    """The product's modules reach the world instead of the machine; everything is put back at the end."""
    places: dict[tuple[object, str], object] = {
        (clock, "now"): world.now,
        (clock, "monotonic"): world.monotonic,
        (clock, "new_id"): world.new_id,
        (db, "transaction"): transaction,
        (delivery, "random"): world.random,
        (delivery, "decode"): broker.decode,
        (store_write, "encode"): broker.encode,
        (outbox, "headers_from_json"): tuple,
        (waypoint, "passed"): passed,
    }
    places |= dict.fromkeys(POLLS, POLL_S)
    places |= {(real, name): getattr(ours, name) for real, ours, names in SQL for name in names}
    places |= {(store, name): ours for name, ours in PRIVATE}
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)  # most of what goes wrong here is meant to
    try:
        with replaced(places):
            yield
    finally:
        logging.disable(disabled)


@contextmanager
def replaced(places: Mapping[tuple[object, str], object]) -> Iterator[None]:
    """Other values for attributes of modules and classes; a name that is not there is a mistake."""
    kept = {(owner, name): getattr(owner, name) for owner, name in places}
    try:
        for (owner, name), value in places.items():
            setattr(owner, name, value)
        yield
    finally:
        for (owner, name), value in kept.items():
            setattr(owner, name, value)


def transaction(pool: Pool) -> Transaction:
    """`shared.db.transaction`."""
    return pool.acquire()
