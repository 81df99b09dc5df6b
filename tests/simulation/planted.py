"""Bugs to plant in the product, one at a time: each is what somebody might write, and the simulation must find it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.alerting import messages, store_read
from services.alerting.channels.outcome import Never
from services.alerting.core import answers, counting, due, progress
from services.alerting.core.counting import Tally
from services.alerting.core.draft import Draft
from services.alerting.core.facts import TOTAL, Plan
from services.alerting.core.incidents import Gathering
from services.alerting.core.model import Alert, Page
from services.alerting.core.reason import Reason
from services.alerting.core.register import Register
from services.alerting.core.steps import Why
from services.alerting.dispatch import Result
from services.alerting.marks import Marks
from services.alerting.timers import Timers
from services.reporting import store_alerts
from shared import db, delivery_store, kafka
from shared.acks import Acks
from shared.delivery import Delivery
from shared.delivery_store import Run
from shared.events import IncidentReported, PageUpdated
from shared.outbox import BATCH, Relay
from shared.wire import Outgoing
from tests.simulation import alerting_tables, tables, view_tables
from tests.simulation.database import Tx
from tests.simulation.seams import replaced


@dataclass(frozen=True, slots=True)
class Bug:
    """What is wrong, where it is put, what it breaks, and how many seeds must find it."""

    name: str
    owner: object
    attribute: str
    wrong: object
    breaks: tuple[str, ...]
    seeds: int = 300

    def plant(self) -> AbstractContextManager[None]:
        """The product with the bug, as long as the block runs."""
        return replaced({(self.owner, self.attribute): self.wrong})


def escalate_without_counting(draft: Draft) -> None:
    """The count was right when the timer was set."""
    progress.press_on(draft, Why(Reason.DEADLINE_PASSED, "The deadline passed"))


def surplus_by_head(pages: Iterable[Page], needed: Mapping[str, int]) -> list[Page]:
    """The last who came goes home, whatever only he can do."""
    return counting.surplus(pages, {TOTAL: needed[TOTAL]})


def page_everybody(self: Gathering) -> None:
    """There is news, so everybody is called."""
    for page in list(self.draft.pages.values()):
        self.draft.page_again(page)


def more_than_enough(self: Tally) -> bool:
    """`>` for `>=`."""
    return all(self.coming[key] > n for key, n in self.needed.items())


_match = Register.match


def join_any(self: Register, incident: IncidentReported, plan: Plan | None) -> Gathering | None:
    """The building has an alert already, so a drill joins it."""
    other = incident.model_copy(update={"drill": not incident.drill})
    return _match(self, incident, plan) or _match(self, other, plan)


def settle_nothing(draft: Draft, if_reopened: Reason = Reason.REOPENED_NOT_COMING) -> None:
    """An answer is written down, and that is all."""


async def ack_first(delivery: Delivery, acks: Acks, consumer: object, records: Sequence[Any]) -> None:
    """At most once."""
    acks.done(consumer, records)
    await delivery.deliver(records)


async def ignore_the_inbox(
    tx: Tx, consumer: str, seen: Sequence[Run], ids: Mapping[UUID, str | None], now: datetime
) -> tuple[set[UUID], int]:
    """Every record is new."""
    _, missing = await tables.enter(tx, consumer, seen, ids, now)
    tx.at_commit.append(lambda: tables.of(tx).acted.update(list(ids)))
    return set(ids), missing


async def note_the_first_partition(
    tx: Tx, consumer: str, seen: Sequence[Run], ids: Mapping[UUID, str | None], now: datetime
) -> tuple[set[UUID], int]:
    """A batch is of one partition, is it not?"""
    return await tables.enter(tx, consumer, seen[:1], ids, now)


async def forget_what_fails(self: Delivery, record: object, error: Exception) -> None:
    """It cannot be handled anyway."""


async def read_without_lock(tx: Tx, page_id: UUID) -> Alert | None:
    """Answers of one alert never come at the same moment."""
    await tx.statement("read the page's alert")
    alert_id = tx.get(alerting_tables.of(tx).alert_of_page, page_id)
    return alerting_tables.of(tx).alerts.get(alert_id) if alert_id else None


async def mark_nothing(tx: Tx, sent: Sequence[tuple[str, UUID, datetime]]) -> None:
    """The mark waits for a better moment."""


def fail_with_the_last_channel(self: Result) -> bool:
    """The last channel refused, so nothing is left to try."""
    return isinstance(self.outcome, Never) and self.outbound.attempts + 1 >= len(self.outbound.channels)


async def delete_then_publish(self: Relay) -> int:
    """What was read is deleted, then published."""
    async with db.transaction(self._pool) as tx:
        await tx.execute("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.outbox'))")
        rows = await tx.fetch("SELECT id, topic, key, value, headers FROM outbox ORDER BY id LIMIT $1", BATCH)
        if rows:
            await tx.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row["id"] for row in rows])
    records = [Outgoing(row["topic"], row["key"], row["value"], tuple(row["headers"])) for row in rows]
    if any(await self._publisher.publish_each(records)):
        raise ConnectionError("Kafka did not acknowledge in time")
    return len(rows)


async def leave_it_to_the_sender(self: Marks) -> int:  # noqa: ARG001
    """Whoever decided on a message sends it, does he not?"""
    return 0


async def know_my_own(self: Timers) -> None:
    """Who sets a deadline looks at it."""


async def last_page_wins(tx: Tx, pages: Sequence[PageUpdated]) -> list[UUID]:
    """What came last is the newest."""
    for page in pages:
        tx.put(view_tables.of(tx).pages, page.page_id, page)
    return [page.page_id for page in pages]


CORE = (
    Bug(
        "the escalation does not count again", due, "deadline_passed", escalate_without_counting,
        ("no step after the quorum", "no escalation when enough are coming"),
    ),
    Bug(
        "surplus goes home by head, not by function", progress, "surplus", surplus_by_head,
        ("staffed means enough, of every function",),
    ),
    Bug(
        "an incident that joins calls everybody again", Gathering, "_update_everybody", page_everybody,
        ("nobody is called again without cause", "staffed means enough"),
    ),
    Bug("enough is more than what is needed", Tally, "enough", property(more_than_enough), ("enough is enough",)),
    Bug("a drill joins a real alert", Register, "match", join_any, ("a drill never counts for a real alarm",)),
    Bug(
        "an answer settles nothing", answers, "settle", settle_nothing,
        ("enough is enough", "the next step starts at once"),
    ),
)  # fmt: skip
DELIVERY = (
    Bug(
        "the offset is acknowledged before the commit", kafka, "act_then_ack", ack_first,
        ("the ledger has no gap", "an event acts exactly once"),
    ),
    Bug("the inbox is ignored", delivery_store, "enter", ignore_the_inbox, ("an event acts exactly once",)),
    Bug(
        "the ledger notes one partition of a batch", delivery_store, "enter", note_the_first_partition,
        ("the ledger has no gap",),
    ),
    Bug(
        "what cannot be handled is not buried", Delivery, "_give_up", forget_what_fails,
        ("the ledger has no gap", "dead letters are the poison"),
    ),
    Bug(
        "the outbox is emptied before Kafka has it", Relay, "relay_batch", delete_then_publish,
        ("events leave in order", "the views are a fold"),
    ),
)  # fmt: skip
STORE = (
    Bug(
        "an answer does not lock its alert", store_read, "lock_alert_of_page", read_without_lock,
        ("nothing is lost",),
    ),
    Bug("what was sent is not marked", messages, "mark_sent", mark_nothing, ("everything drains",)),
    Bug(
        "a page fails with its last channel", Result, "failed", property(fail_with_the_last_channel),
        ("a page fails when every channel refused it",),
    ),
    Bug(
        "nobody sends what a dead replica left",
        Marks,
        "send_expired",
        leave_it_to_the_sender,
        ("everything drains",),
    ),
    Bug(
        "nobody looks at the deadlines of a dead replica",
        Timers,
        "_learn",
        know_my_own,
        ("everything drains", "a deadline is looked at"),
        seeds=1_000,
    ),
    Bug(
        "the views take what came last", store_alerts, "upsert_pages", last_page_wins,
        ("the views are a fold of the topics",),
    ),
)  # fmt: skip
BUGS = (*CORE, *DELIVERY, *STORE)
