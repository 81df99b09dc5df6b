"""After a run: everything that is on the topics and in the tables, as lines of the history.

Streaming, a batch at a time: an hour of a run is over a million records and as many rows.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from services.reporting.rebuild import rebuild
from shared import topics
from shared.events import TYPE_OF, AlertUpdated, IncidentReported, PageUpdated
from shared.wire import Headers
from tests.proof.history import How, Writer
from tests.proof.target import Target

WHO = "readback"
AT_ONCE = 2_000
SERVICE = "reporting"
DEAD = "dead_"  # the headers that a dead letter is given
LINE = ("seq", "at", "event", "reason", "cause")
FIELDS = {
    TYPE_OF[IncidentReported]: ("incident_id", "kind", "received_at"),
    TYPE_OF[AlertUpdated]: ("alert_id", "version", "plan", "building", "state", "step", "needed", "coming",
                            "incident_ids", "opened_at", "updated_at", "next_step_at", "restored_at"),
    TYPE_OF[PageUpdated]: ("page_id", "alert_id", "version", "state", "answer", "member_id", "step", "functions"),
}  # fmt: skip
TABLES = {
    "alerts": "SELECT alert_id, version, plan, building, state, step, deadline, opened_at, updated_at, closed_at,"
    " restored_at, timeline_seq FROM alerting.alerts",
    "pages": "SELECT page_id, alert_id, member_id, step, state, round, answer, answered_at, sent_at, delivered_at,"
    " overdue, version FROM alerting.pages",
    "messages": "SELECT key, page_id, type, n, state, attempts, cause_at, sent_at, lease_until FROM alerting.messages",
    "timers": "SELECT alert_id, due_at FROM alerting.timers",
    "timeline": "SELECT alert_id, seq, at, event, reason, cause FROM alerting.timeline",
    "view_incidents": "SELECT incident_id, kind, building, received_at, alert_id FROM reporting.incidents",
    "view_alerts": "SELECT alert_id, version, state, step, building, needed, coming, incident_ids"
    " FROM reporting.alerts",
    "view_pages": "SELECT page_id, alert_id, member_id, version, state, answer, step FROM reporting.pages",
}
BY_SERVICE = {
    "ledger": {
        "alerting": "SELECT * FROM alerting.ledger",
        "reporting": "SELECT * FROM reporting.ledger",
    },
    "dead_letters": {
        "alerting": 'SELECT topic, partition, "offset", reason, buried_at FROM alerting.dead_letters',
        "reporting": 'SELECT topic, partition, "offset", reason, buried_at FROM reporting.dead_letters',
    },
    "inbox_count": {"alerting": "SELECT count(*) AS n FROM alerting.inbox"},
    "outbox_count": {
        "intake": "SELECT count(*) AS n FROM intake.outbox",
        "alerting": "SELECT count(*) AS n FROM alerting.outbox",
        "reporting": "SELECT count(*) AS n FROM reporting.outbox",
    },
}


async def read_back(target: Target, history: Writer, check: bool = True) -> None:
    """Topics, tables and, with `check`, what a rebuild of the views finds. The product may run, but nothing happens."""
    await records(target.bootstrap, history)
    await rows(target.database_url, history)
    if check:
        await rebuilt(target, history)
    history.flush()


async def records(bootstrap: Sequence[str], history: Writer) -> None:
    """Every record of every topic and of its dead letters, up to the ends there are now."""
    names = [name for topic in topics.TOPICS for name in (topic.name, topic.dead)]
    reader = AIOKafkaConsumer(
        *names, bootstrap_servers=list(bootstrap), group_id=None, enable_auto_commit=False,
        auto_offset_reset="earliest", max_partition_fetch_bytes=4 * 2**20,
    )  # fmt: skip
    await reader.start()  # without a group it is assigned every partition
    try:
        ends = await reader.end_offsets(list(reader.assignment()))
        while waiting := [part for part, end in ends.items() if await reader.position(part) < end]:
            fetched = await reader.getmany(*waiting, timeout_ms=500, max_records=AT_ONCE)
            for part, found in fetched.items():
                _write_records([record for record in found if record.offset < ends[part]], history)
    finally:
        await reader.stop()


def _write_records(found: Sequence["ConsumerRecord[bytes, bytes]"], history: Writer) -> None:
    for record in found:
        type_, event_id, value = told(record.headers, record.value)
        history.write(
            WHO, "record", How.INFO,
            topic=record.topic, partition=record.partition, offset=record.offset, stamp_ms=record.timestamp,
            type=type_, event_id=event_id, **value,
        )  # fmt: skip


def told(headers: Headers, body: bytes | None) -> tuple[str | None, str | None, dict[str, Any]]:
    """Type, event id and the fields that a checker looks at; of a record that cannot be read only why it is dead."""
    dead = {name: value.decode() for name, value in headers if name.startswith(DEAD) and value is not None}
    try:
        known = {name: text(value) for name, value in headers}
        type_ = known["ce_type"]
        return type_, known["ce_id"], {**fields(type_, orjson.loads(body or b"")), **dead}
    except (KeyError, TypeError, ValueError):
        return None, None, dict(dead)


def text(value: bytes | None) -> str:
    """A header of a record that can be read."""
    if value is None:
        raise ValueError("a header is null")
    return value.decode()


def fields(type_: str, data: dict[str, Any]) -> dict[str, Any]:
    """What a checker looks at; KeyError when it is not there."""
    found = {name: data[name] for name in FIELDS[type_]}
    if type_ == TYPE_OF[IncidentReported]:
        where, source = data["location"], data["source"]
        return {**found, "building": where["building"], "external_id": source["external_id"]}
    if type_ == TYPE_OF[AlertUpdated]:
        found["timeline"] = [{name: line[name] for name in LINE} for line in data["timeline"]]
    return found


async def rows(database_url: str, history: Writer) -> None:
    """Every row of the tables, all as they are at one moment."""
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            for table, query in TABLES.items():
                async for row in connection.cursor(query, prefetch=AT_ONCE):
                    history.write(WHO, "row", How.INFO, table=table, **plain(row))
            for table, queries in BY_SERVICE.items():
                for service, query in queries.items():
                    async for row in connection.cursor(query, prefetch=AT_ONCE):
                        history.write(WHO, "row", How.INFO, table=table, service=service, **plain(row))
    finally:
        await connection.close()


def plain(row: asyncpg.Record) -> dict[str, Any]:
    """The columns as JSON has them: ids as text, times in ISO 8601, counts as the objects that they are."""
    return {name: _plain(name, value) for name, value in row.items()}


def _plain(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [_plain(name, element) for element in value]
    return orjson.loads(value) if name in ("needed", "coming") and isinstance(value, str) else value


async def rebuilt(target: Target, history: Writer, progress: Callable[[int, int], None] = lambda *_: None) -> None:
    """What `meldkamer rebuild --check` finds."""
    outcome = await rebuild(
        target.database_url, list(target.bootstrap), topics.of_consumer(SERVICE), SERVICE, check=True, progress=progress
    )
    differences = {table: count for table, count in outcome.differences.counts.items() if count}
    history.write(
        WHO, "rebuild", How.INFO, records=outcome.records, unreadable=outcome.unreadable, differences=differences
    )
