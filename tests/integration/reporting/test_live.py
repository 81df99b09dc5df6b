"""The live stream: a snapshot first, then every change once and in order, resumed without a gap."""

import asyncio

import pytest

from services.reporting import stream as live_stream
from services.reporting.live import CATCH_UP, POLL_S, Live, Stream
from services.reporting.message import Message
from services.reporting.pulse import Pulse
from services.reporting.settings import Settings
from shared.database import Database
from shared.words import Answer, Confidentiality, Role
from tests.integration.reporting.room import Room, running
from tests.unit.reporting.invented import alert, incident, named, page


async def test_a_stream_begins_with_a_snapshot_and_goes_on_with_changes(room: Room) -> None:
    await room.fold(incident("smoke"), alert("fire", incidents=["smoke"]), page("fire", "Kim"))
    async with room.live() as reader:
        first = await reader.next()
        assert first.event == "snapshot"
        assert first.id == first.data["revision"] == 3
        assert [a["alert_id"] for a in first.data["alerts"]] == [str(named("fire"))]
        assert [p["member"] for p in first.data["pages"]] == ["Kim"]
        assert [i["alert_id"] for i in first.data["incidents"]] == [str(named("fire"))]
        await room.fold(page("fire", "Kim", 2, answer=Answer.COMING), alert("fire", 2, coming=1))
        told = [await reader.next("alert", "page"), await reader.next("alert", "page")]
    assert [(t.event, t.id) for t in told] == [("alert", 4), ("page", 5)]
    assert told[0].data["coming"]["total"] == 1
    assert told[1].data["answer"] == "coming"


async def test_a_tick_carries_the_servers_time_and_moves_nobody_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_stream, "TICK_S", 0.2)
    async with room.live() as reader:
        ticks = [await reader.next("tick", within=1) for _ in range(3)]
    assert [t.id for t in ticks] == [None, None, None]
    assert all("time" in t.data for t in ticks)


async def test_no_tick_comes_while_the_views_stand_still(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_stream, "TICK_S", 0.2)
    silent_s = 60.0  # Kafka is away
    room.app.state.pulse.silent_s = lambda: silent_s
    async with room.live() as reader:
        await room.fold(incident("smoke"))
        with pytest.raises(TimeoutError):
            await reader.next("tick", within=1)
    silent_s = 0.0
    async with room.live() as reader:
        assert (await reader.next("tick")).data


@pytest.mark.parametrize("by", ["header", "query"])
async def test_a_reader_that_comes_back_gets_what_it_missed_and_nothing_twice(room: Room, by: str) -> None:
    await room.fold(incident("a"))
    async with room.live() as reader:
        seen = (await reader.next("snapshot")).id
    await room.fold(incident("b"))
    await room.fold(incident("c"), alert("fire", incidents=["a"]))
    async with room.live(seen=seen, by=by) as reader:
        told = await reader.upto(5)
    assert [(t.event, t.data.get("incident_id")) for t in told] == [
        ("incident", str(named("b"))),
        ("incident", str(named("c"))),
        ("incident", str(named("a"))),
        ("alert", None),
    ]
    assert [t.id for t in told] == [2, 3, 4, 5]


@pytest.mark.parametrize("seen", ["999", "-1", "nonsense", "99999999999999999999"])
async def test_an_unknown_last_event_id_gets_a_snapshot(room: Room, seen: str) -> None:
    await room.fold(incident("a"))
    async with room.live(seen=seen) as reader:
        assert (await reader.next()).event == "snapshot"
        await room.fold(incident("b"))
        assert (await reader.next("incident")).data["incident_id"] == str(named("b"))


async def test_a_last_event_id_too_far_behind_gets_a_snapshot(room: Room) -> None:
    await room.fold(*(incident(f"i{n}") for n in range(CATCH_UP + 2)))
    await asyncio.sleep(2 * POLL_S)  # the reader of the revisions has them
    async with room.live(seen=1) as reader:
        assert (await reader.next()).event == "snapshot"
    async with room.live(seen=2) as reader:
        assert (await reader.next()).event == "incident"


async def test_a_rebuild_gives_every_stream_a_snapshot(room: Room) -> None:
    await room.fold(incident("a"))
    async with room.live() as reader:
        await reader.next("snapshot")
        await room.pool.execute("UPDATE revision SET current = current + 10, floor = current + 10")
        told = await reader.next("snapshot")
    assert told.id == 11


async def test_no_reader_misses_a_change_however_it_joins(room: Room) -> None:
    """Readers join, leave and resume while changes are folded; each must see every incident, in rising order."""
    count = 60

    async def write() -> None:
        for n in range(count):
            await room.fold(incident(f"i{n}"))
            await asyncio.sleep(0.005)

    async def read() -> tuple[set[str], list[int]]:
        known: set[str] = set()
        order: list[int] = []
        seen: int | None = None
        while len(known) < count:
            async with room.live(seen=seen) as reader:
                for _ in range(9):
                    told = await reader.next("snapshot", "incident")
                    items = told.data["incidents"] if told.event == "snapshot" else [told.data]
                    known |= {i["incident_id"] for i in items}
                    seen = told.id
                    order.append(told.id or 0)
                    if len(known) == count:
                        break
        return known, order

    readers = [asyncio.create_task(read()) for _ in range(6)]
    await write()
    for known, order in await asyncio.gather(*readers):
        assert known == {str(named(f"i{n}")) for n in range(count)}
        assert order == sorted(set(order))


async def test_confidential_changes_are_told_to_advisers_alone(room: Room) -> None:
    secret = Confidentiality.CONFIDENTIAL
    async with room.live(Role.OPERATOR) as operator, room.live(Role.ADVISER) as adviser:
        await operator.next("snapshot")
        await adviser.next("snapshot")
        await room.fold(incident("report", confidentiality=secret), alert("help", confidentiality=secret))
        await room.fold(page("help", "Kim", confidentiality=secret))
        await room.fold(incident("public"))
        assert (await operator.next("incident", "alert", "page")).data["incident_id"] == str(named("public"))
        assert [t.event for t in await adviser.upto(4)] == ["incident", "alert", "page", "incident"]
    async with room.live(Role.OPERATOR, seen=0) as operator:
        assert (await operator.next("incident", "alert", "page")).data["incident_id"] == str(named("public"))
    async with room.live(Role.OPERATOR) as operator:
        told = (await operator.next("snapshot")).data
    assert [i["incident_id"] for i in told["incidents"]] == [str(named("public"))]
    assert (told["alerts"], told["pages"]) == ([], [])


async def test_open_streams_end_at_once_when_the_service_leaves(room: Room) -> None:
    async with room.live() as reader:
        await reader.next("tick")
        room.app.state.leaving.set()
        with pytest.raises(StopAsyncIteration):
            await reader.next(within=1)


async def test_a_stream_that_begins_without_the_database_ends_and_is_asked_for_again(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    away = settings.model_copy(update={"database_url": "postgresql://127.0.0.1:9/away"})
    async with running(away) as room, room.client(Role.OPERATOR) as client:
        answer = await client.get("/monitor/v1/live")
    assert (answer.status_code, answer.content) == (200, b"")
    assert "a live stream ends before it has begun" in caplog.text
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_stream_that_cannot_keep_up_is_ended_and_its_queue_dropped() -> None:
    stream = Stream(sees_all=True, joined=0, buffer=3)
    for revision in range(1, 6):
        stream.offer(Message("incident", revision, "{}"))
    assert stream.ended
    assert await stream.next(within=0.1) is None


async def test_a_stream_that_joins_a_leaving_process_ends() -> None:
    live = Live(Database("postgresql://nowhere", "reporting"), 3, Pulse(lambda: 0.0))
    live.close()
    assert live.join(sees_all=False).ended
