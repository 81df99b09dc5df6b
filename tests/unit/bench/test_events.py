"""What fills a backlog: as many records as asked, of the kinds that are said, and each is an event of ours."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.events import IncidentReported
from shared.wire import Headers, Outgoing, decode
from tests.bench import events

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Read:
    """A record as a consumer has it."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int = 0
    offset: int = 0
    timestamp: int = 0


def read(record: Outgoing) -> Read:
    return Read(record.topic, record.key, record.value, record.headers)


def test_of_a_hundred_incidents_one_opens_an_alert_and_24_join_one() -> None:
    found = list(events.incidents(1_000, NOW))
    told = [decode(read(record)) for record in found]
    kinds = Counter(event.kind for event in told if isinstance(event, IncidentReported))
    assert kinds == {"power": 10, "fire.alarm": 240, "access.denied": 750}


def test_the_stories_are_half_incidents_and_half_alerts_and_pages_in_versions() -> None:
    topics = Counter(record.topic for record in events.stories(200, NOW))
    assert topics == {"incidents.fire": 100, "alerts": 40, "pages": 60}


def test_a_story_may_be_cut_short_at_any_record() -> None:
    assert [len(list(events.stories(count, NOW))) for count in (0, 1, 19, 20, 21)] == [0, 1, 19, 20, 21]


def test_every_record_is_an_event_that_a_service_can_read() -> None:
    for record in events.stories(40, NOW):
        assert decode(read(record))
