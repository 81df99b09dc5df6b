"""A rebuild from the topics gives the same tables, names every damage and repairs it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from deploy.embedded.kafka import Kafka
from services.reporting.compare import Difference
from services.reporting.fold import LiveFold
from services.reporting.rebuild import Outcome, rebuild
from shared import kafka as consuming
from shared import wire
from shared.delivery import Delivery
from shared.events import AlertUpdated, Event, IncidentReported, PageUpdated
from shared.publish import Publisher
from shared.wire import Outgoing
from shared.words import Answer, Confidentiality
from tests.integration.reporting.room import Room, until
from tests.integration.reporting.test_fold import STORY, tables
from tests.unit.reporting.invented import alert, incident, named, page

PARTITIONS = 2


@dataclass
class Topics:
    """Topics of this test's own, consumed into the views of the room."""

    names: tuple[str, str, str]
    bootstrap: list[str]
    database_url: str
    delivery: Delivery
    publisher: Publisher
    sent: int = 0

    async def publish(self, *events: Event) -> None:
        """Put events on their topics."""
        for event in events:
            await self.raw(wire.encode(*self._topic_and_key(event), event, "tests"))

    async def raw(self, record: Outgoing) -> None:
        """Put any record on its topic."""
        await self.publisher.publish(record)
        self.sent += 1

    async def consumed(self) -> None:
        """Wait until the views have everything."""
        await until(lambda: self.delivery.progress.delivered >= self.sent)

    async def rebuild(self, check: bool = False) -> Outcome:
        """As `meldkamer rebuild` does."""
        return await rebuild(
            self.database_url, self.bootstrap, self.names, "reporting", check=check, progress=lambda *_: None
        )

    def _topic_and_key(self, event: Event) -> tuple[str, str]:
        match event:
            case IncidentReported():
                return self.names[0], event.location.building or "-"
            case AlertUpdated():
                return self.names[1], str(event.alert_id)
            case PageUpdated():
                return self.names[2], str(event.alert_id)


@pytest.fixture
async def topics(room: Room, kafka: Kafka, database_url: str) -> AsyncIterator[Topics]:
    """Three fresh topics and a running consumer of them."""
    run = uuid4().hex[:8]
    names = (f"incidents.{run}", f"alerts.{run}", f"pages.{run}")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in (*names, f"{names[0]}.dead")])
    await admin.close()
    fold = LiveFold(lambda: None, lambda _: None).on_events
    delivery = Delivery("reporting", room.pool, fold, lambda: None, dead_limit=50, inbox=False)
    broker = consuming.consumer_broker(kafka.bootstrap_servers, "test")
    subscription = consuming.subscribe(broker, names, consuming.Group(f"group-{run}", 6_000), delivery)
    publisher = Publisher(kafka.bootstrap_servers, "test")
    loops = [asyncio.create_task(loop) for loop in (publisher.run(), consuming.keep_running(subscription))]
    await until(lambda: publisher.not_ready is None)
    yield Topics(names, kafka.bootstrap_servers, database_url, delivery, publisher)
    for loop in loops:
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop


async def test_a_rebuild_of_sound_views_finds_nothing(room: Room, topics: Topics) -> None:
    await topics.publish(*STORY, *reversed(STORY))
    await topics.raw(Outgoing(topics.names[0], b"k", b"not an event", (("ce_type", b"nonsense"),)))
    await topics.consumed()
    outcome = await topics.rebuild(check=True)
    assert outcome.differences.shown == ()
    assert (outcome.records, outcome.unreadable, outcome.repaired) == (2 * len(STORY) + 1, 1, False)
    assert await room.pool.fetchval("SELECT to_regnamespace('reporting_shadow')") is None


async def test_an_incident_sent_again_with_another_building_is_what_intake_received_first(
    room: Room, topics: Topics
) -> None:
    await topics.publish(incident("smoke", building="CARRE", at=2))
    await topics.consumed()
    before = (await room.get(f"/monitor/v1/incidents/{named('smoke')}"))["revision"]
    await topics.publish(incident("smoke", building="HORST", at=1))
    await topics.consumed()
    shown = await room.get(f"/monitor/v1/incidents/{named('smoke')}")
    assert (shown["location"]["building"], shown["revision"] > before) == ("HORST", True)
    assert (await topics.rebuild(check=True)).differences.total == 0


@pytest.mark.parametrize("first", [Confidentiality.CONFIDENTIAL, Confidentiality.INTERNAL])
async def test_an_incident_sent_in_one_request_as_confidential_too_is_so_live_and_rebuilt(
    room: Room, topics: Topics, first: Confidentiality
) -> None:
    secret = Confidentiality.CONFIDENTIAL
    records = [
        wire.encode(topics.names[0], "HORST", incident("report", title="A name"), "tests"),
        wire.encode(topics.names[1], "a chat", incident("report", title="A report", confidentiality=secret), "tests"),
    ]
    for record in reversed(records) if first is secret else records:
        await topics.raw(record)
        await topics.consumed()
    shown = await room.get(f"/monitor/v1/incidents/{named('report')}")
    assert (shown["confidentiality"], shown["title"]) == ("confidential", "A report")
    assert (await topics.rebuild(check=True)).differences.shown == ()


async def test_damage_is_named_and_repaired_and_streams_get_a_snapshot(room: Room, topics: Topics) -> None:
    await topics.publish(*STORY, page("fire", "Sem"))
    await topics.consumed()
    async with room.pool.acquire() as connection:
        sound = await tables(connection)
    sem, kim = (named(f"fire/{member}/1") for member in ("Sem", "Kim"))
    await room.fold(incident("invented"))
    await room.pool.execute("DELETE FROM pages WHERE page_id = $1", sem)
    await room.pool.execute("UPDATE pages SET answer = 'not_coming', eta_s = NULL WHERE page_id = $1", kim)
    await room.pool.execute("UPDATE alerts SET coming = '{\"total\": 9}' WHERE alert_id = $1", named("fire"))
    await room.pool.execute("DELETE FROM timeline WHERE alert_id = $1 AND seq = 2", named("fire"))

    async with room.live() as reader:
        before = await reader.next("snapshot")
        checked = await topics.rebuild(check=True)
        assert set(checked.differences.shown) == {
            Difference("incidents", str(named("invented")), "too much"),
            Difference("pages", str(sem), "missing"),
            Difference("pages", str(kim), "different", ("answer", "eta_s")),
            Difference("alerts", str(named("fire")), "different", ("coming",)),
            Difference("timeline", f"{named('fire')}/2", "missing"),
        }
        assert checked.differences.total == 5
        assert not checked.repaired
        outcome = await topics.rebuild()
        assert (outcome.repaired, outcome.differences) == (True, checked.differences)
        after = await reader.next("snapshot")
    assert (after.id or 0) > (before.id or 0)
    assert {p["member"]: p["answer"] for p in after.data["pages"]} == {"Kim": "coming", "Noor": None, "Sem": None}
    async with room.pool.acquire() as connection:
        assert await tables(connection) == sound
    changed = (await room.get(f"/monitor/v1/incidents?since={before.id}"))["items"]
    assert changed == []
    assert (await topics.rebuild(check=True)).differences.total == 0


async def test_views_that_were_lost_come_back(room: Room, topics: Topics) -> None:
    await topics.publish(*STORY)
    await topics.consumed()
    async with room.pool.acquire() as connection:
        sound = await tables(connection)
        await connection.execute("TRUNCATE incidents, alerts, links, timeline, pages, changes")
        assert (await topics.rebuild()).repaired
        assert await tables(connection) == sound
    shown = (await room.get("/monitor/v1/incidents?since=0"))["items"]
    assert len(shown) == len(sound["incidents"])
    assert len({item["revision"] for item in shown}) == len(shown)


async def test_a_rebuild_beside_a_running_consumer_finds_nothing_and_loses_nothing(room: Room, topics: Topics) -> None:
    async def goes_on() -> None:
        for n in range(150):
            await topics.publish(*_another(n))

    writing = asyncio.create_task(goes_on())
    outcomes = []
    while not writing.done():
        outcomes.append(await topics.rebuild(check=True))
    await writing
    await topics.consumed()
    outcomes.append(await topics.rebuild(check=True))
    assert [outcome.differences.total for outcome in outcomes] == [0] * len(outcomes)
    assert outcomes[0].records < outcomes[-1].records == topics.sent
    assert await room.pool.fetchval("SELECT count(*) FROM alerts") == 150


async def test_rows_older_than_the_topics_keep_are_left_alone(room: Room, topics: Topics) -> None:
    await topics.publish(incident("old", at=-86_400 * 500), alert("old fire", opened=-86_400 * 500, incidents=["old"]))
    await topics.consumed()
    await _forget(topics)
    await topics.publish(incident("new"))
    await topics.consumed()
    outcome = await topics.rebuild()
    assert (outcome.differences.total, outcome.kept, outcome.repaired) == (0, 4, False)
    assert len((await room.get("/monitor/v1/incidents"))["items"]) == 2


@pytest.mark.parametrize("again", [Confidentiality.CONFIDENTIAL, Confidentiality.INTERNAL])
async def test_an_incident_whose_record_is_gone_stays_although_a_repeat_is_still_there(
    room: Room, topics: Topics, again: Confidentiality
) -> None:
    """But for a repeat that is confidential: it is what shows."""
    await topics.publish(incident("smoke", building="CARRE", at=-86_400 * 500))
    await topics.consumed()
    await _forget(topics)
    await topics.publish(incident("smoke", building="HORST", confidentiality=again), incident("new"))
    await topics.consumed()
    outcome = await topics.rebuild()
    shown = await room.get(f"/monitor/v1/incidents/{named('smoke')}")
    secret = again is Confidentiality.CONFIDENTIAL
    assert shown["location"]["building"] == ("HORST" if secret else "CARRE")
    assert (outcome.differences.shown, outcome.kept) == ((), 0 if secret else 1)


def _another(n: int) -> Sequence[Event]:
    return (
        alert(f"a{n}", 1, incidents=[f"i{n}"]),
        incident(f"i{n}"),
        alert(f"a{n}", 2, incidents=[f"i{n}"], coming=1),
        page(f"a{n}", "Kim", answer=Answer.COMING),
    )


async def _forget(topics: Topics) -> None:
    """Delete every record that is there, as retention would."""
    parts = [TopicPartition(name, n) for name in topics.names for n in range(PARTITIONS)]
    admin = AIOKafkaAdminClient(bootstrap_servers=topics.bootstrap)
    await admin.start()
    try:
        await admin.delete_records({part: RecordsToDelete(before_offset=-1) for part in parts})
    finally:
        await admin.close()
