"""The delivery wrapper on a real broker and a real database: nothing lost, nothing twice, poison set aside."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from shared import db, delivery_store
from shared.delivery_store import Run
from tests.integration.shared.road import AT, Road, Seen, incident


async def test_every_event_acts_once_in_order(road: Road) -> None:
    sent = [incident(n) for n in range(1200)]
    await road.send(*sent)
    seen = Seen()
    async with road.consumer(seen):
        await seen.wait_for(len(sent))
    assert seen.ids == [event.incident_id for event in sent]
    assert max(seen.batches) > 1
    row = await road.ledger()
    assert row is not None
    assert (row["first_offset"], row["next_offset"], row["missing"]) == (0, 1200, 0)


async def test_an_event_that_comes_twice_acts_once(road: Road) -> None:
    event, other = incident(), incident()
    await road.send(event, event)
    seen = Seen()
    async with road.consumer(seen):
        await seen.wait_for(1)
        await road.send(event)
        await road.send(other)
        await seen.wait_for(2)
    assert seen.ids == [event.incident_id, other.incident_id]


async def test_two_replicas_with_one_inbox_act_once_between_them(road: Road) -> None:
    sent = [incident(n) for n in range(300)]
    a, b = Seen(), Seen()
    async with road.consumer(a, "test-a"), road.consumer(b, "test-b"):
        for event in sent:
            await road.send(event)
        async with asyncio.timeout(10):
            while len(a.ids) + len(b.ids) < len(sent):
                await asyncio.sleep(0.01)
    assert sorted(a.ids + b.ids) == sorted(event.incident_id for event in sent)


BAD = [
    (b"not json", [("ce_type", b"nl.meldkamer.incident.reported.v1")], "Invalid JSON"),
    (b"{}", [("ce_type", b"nl.meldkamer.incident.reported.v1")], "Field required"),
    (b"{}", [("ce_type", b"nl.meldkamer.incident.reported.v9")], "unknown ce_type"),
    (b"{}", [], "unknown ce_type ''"),
    (b"{}", [("ce_type", b"nl.meldkamer.incident.reported.v1"), ("x", b"\xff\xfe")], "header 'x' is not UTF-8"),
    (b"{}", [("ce_type", b"nl.meldkamer.incident.reported.v1"), ("x", None)], "header 'x' is null"),
    (b"{}", [("a\0b", b"name with U+0000")], "unknown ce_type ''"),
    (b'{"needed": {"\\u0000": "x"}}', [("ce_type", b"nl.meldkamer.alert.updated.v1")], "errors)"),
    (None, [("ce_type", b"nl.meldkamer.incident.reported.v1")], "no value"),
]


@pytest.mark.parametrize(("value", "headers", "reason"), BAD, ids=[reason for _, _, reason in BAD])
async def test_poison_goes_to_the_dead_letters_as_it_came_and_the_partition_goes_on(
    road: Road, value: bytes | None, headers: list[tuple[str, bytes | None]], reason: str
) -> None:
    before, after = incident(), incident()
    await road.send(before)
    await road.send_raw(value, headers, key=b"\xfe key")
    await road.send(after)
    seen = Seen()
    async with road.consumer(seen):
        await seen.wait_for(2)
        ((key, dead_value, dead_headers),) = await road.dead(1)
    assert seen.ids == [before.incident_id, after.incident_id]
    assert (key, dead_value) == (b"\xfe key", value)
    assert dict(headers).items() <= dead_headers.items()
    assert dead_headers["dead_topic"] == road.topic.encode()
    assert (dead_headers["dead_partition"], dead_headers["dead_offset"]) == (b"0", b"1")
    assert reason in dead_headers["dead_reason"].decode()
    row = await road.ledger()
    assert row is not None
    assert (row["next_offset"], row["missing"]) == (3, 0)


async def test_one_guilty_event_in_a_batch_is_found_and_only_it_is_set_aside(road: Road) -> None:
    sent = [incident(n) for n in range(20)]
    guilty = sent[13]
    seen = Seen()
    seen.fail = lambda events: ValueError("cannot handle it") if guilty in events else None
    await road.send(*sent)
    async with road.consumer(seen):
        await seen.wait_for(19)
        ((_, value, headers),) = await road.dead(1)
    assert seen.ids == [e.incident_id for e in sent if e is not guilty]
    assert value is not None
    assert str(guilty.incident_id).encode() in value
    assert headers["dead_reason"] == b"ValueError: cannot handle it"


async def test_a_transient_error_is_tried_again_until_it_works(road: Road) -> None:
    failures = iter([asyncpg.ConnectionDoesNotExistError("gone"), asyncpg.TooManyConnectionsError("full"), OSError()])
    seen = Seen()
    seen.fail = lambda _: next(failures, None)
    event = incident()
    await road.send(event)
    async with road.consumer(seen):
        await seen.wait_for(1)
    assert seen.ids == [event.incident_id]
    assert await road.pool.fetchval("SELECT count(*) FROM dead_letters") == 0


async def test_what_is_wrong_with_the_server_is_waited_for_and_never_blamed_on_a_record(road: Road) -> None:
    failures = iter([asyncpg.UndefinedTableError("no table yet")] * 3 + [asyncpg.InvalidPasswordError("rotated")] * 3)
    seen = Seen()
    seen.fail = lambda _: next(failures, None)
    event = incident()
    await road.send(event)
    async with road.consumer(seen):
        await seen.wait_for(1)
    assert await road.pool.fetchval("SELECT count(*) FROM dead_letters") == 0


async def test_a_batch_that_is_too_much_for_the_time_allowed_is_divided_and_nothing_is_set_aside(road: Road) -> None:
    sent = [incident(n) for n in range(8)]
    seen = Seen()
    seen.fail = lambda events: asyncpg.QueryCanceledError("statement timeout") if len(events) > 4 else None
    await road.send(*sent)
    async with road.consumer(seen):
        await seen.wait_for(8)
    assert seen.ids == [event.incident_id for event in sent]
    assert await road.pool.fetchval("SELECT count(*) FROM dead_letters") == 0


async def test_a_consumer_that_only_produces_dead_letters_stops_and_says_so(road: Road) -> None:
    await road.send(*[incident(n) for n in range(10)])
    seen = Seen()
    seen.fail = lambda _: ValueError("a bad release")
    async with road.consumer(seen, dead_limit=3) as delivery:
        async with asyncio.timeout(15):
            while delivery.progress.halted is None:
                await asyncio.sleep(0.01)
    assert "3 dead letters in a row" in delivery.progress.halted
    assert await road.pool.fetchval("SELECT count(*) FROM dead_letters") == 3


async def test_an_offset_that_was_never_seen_is_counted_as_missing(road: Road) -> None:
    async with db.transaction(road.pool) as tx:
        assert await delivery_store.enter(tx, "test-a", [Run("t", 0, 0, 4, 0)], {}, AT) == (set(), 0)
        assert await delivery_store.enter(tx, "test-a", [Run("t", 0, 3, 6, 0)], {}, AT) == (set(), 0)
        assert await delivery_store.enter(tx, "test-a", [Run("t", 0, 9, 9, 0)], {}, AT) == (set(), 2)


async def test_the_locks_of_what_is_new_are_held_until_the_commit_and_those_of_repeats_not(road: Road) -> None:
    new, known = uuid4(), uuid4()
    async with db.transaction(road.pool) as tx:
        await delivery_store.enter(tx, "test-a", [], {known: None}, AT)
    async with db.transaction(road.pool) as tx, db.transaction(road.pool) as other:
        assert (await delivery_store.enter(tx, "test-a", [], {new: "one", known: "two"}, AT))[0] == {new}
        free = "SELECT pg_try_advisory_xact_lock(hashtext($1))"
        assert [await other.fetchval(free, name) for name in ("one", "two")] == [False, True]
    async with db.transaction(road.pool) as other:
        assert await other.fetchval(free, "one")
