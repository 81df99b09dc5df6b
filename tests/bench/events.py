"""Events made for backlogs: what a campus says in a day, the same at every run but for the ids."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from shared.events import AlertUpdated, Event, IncidentReported, Location, PageUpdated, Source, TimelineLine
from shared.topics import for_kind
from shared.wire import Outgoing, encode
from shared.words import AlertState, Answer, Category, Certainty, Confidentiality, Kind, PageState, Severity, Urgency
from tests.bench import grounds

HUNDRED = 100
ALARMS, OPENINGS = 24, 1  # of a hundred incidents: alarms that join open alerts, and failures that open one each
INCIDENTS, VERSIONS, PAGES = 10, 4, 3  # one alert's part of the reporting backlog: 10 + 4 + 3 x 2 events
STORY = INCIDENTS + VERSIONS + 2 * PAGES


def incidents(count: int, now: datetime) -> Iterator[Outgoing]:
    """What alerting reads: of a hundred 75 page nobody, 24 join the alerts of 50 buildings, one opens an alert."""
    for number in range(count):
        place = number % HUNDRED
        if place < OPENINGS:
            yield _incident(Kind.POWER, f"X{uuid4().hex[:10]}".upper(), number, now)
        elif place < OPENINGS + ALARMS:
            yield _incident(Kind.FIRE_ALARM, grounds.building(number // HUNDRED + place), number, now)
        else:
            yield _incident(Kind.ACCESS_DENIED, grounds.building(number), number, now)


def stories(count: int, now: datetime) -> Iterator[Outgoing]:
    """What reporting reads: of twenty 10 incidents, 4 versions of an alert, 3 pages twice each."""
    told = 0
    while told < count:
        for record in Story(told, now).records()[: count - told]:
            told += 1
            yield record


def _incident(kind: Kind, building: str, number: int, now: datetime) -> Outgoing:
    event = reported(kind, building, number, now)
    return encode(for_kind(kind).name, building, event, "intake")


def reported(kind: Kind, building: str, number: int, now: datetime) -> IncidentReported:
    """An incident as intake writes it."""
    name = f"backlog-{number}"
    return IncidentReported(
        incident_id=uuid4(),
        kind=kind,
        category=Category.BUILDINGS_LABS,
        severity=Severity.MODERATE,
        urgency=Urgency.EXPECTED,
        certainty=Certainty.OBSERVED,
        occurred_at=now,
        received_at=now,
        location=Location(building=building, floor="2", zone="east", on_campus=True),
        source=Source(system="bench", device=f"device {number % grounds.DETECTORS}", external_id=name),
        title=f"Something happened, device {number % grounds.DETECTORS}",
        text="As its source put it.",
        details={"event": "alarm", "raw": {"panel": "p1", "loop": number % 8}},
        dedup_key=f"bench:{building}:device {number % grounds.DETECTORS}",
    )


@dataclass(frozen=True, slots=True)
class Story:
    """An alert from opening to closing, with what happened around it."""

    number: int
    now: datetime

    def records(self) -> list[Outgoing]:
        """In the order in which they would be told."""
        code = grounds.building(self.number)
        around = [reported(Kind.FIRE_ALARM, code, self.number + n, self.now) for n in range(INCIDENTS)]
        alert_id = uuid4()
        told: list[tuple[str, str, Event]] = [(for_kind(e.kind).name, code, e) for e in around]
        joined = tuple(e.incident_id for e in around[:2])
        told += [("alerts", str(alert_id), self._alert(alert_id, v, joined)) for v in range(1, VERSIONS + 1)]
        for page in range(PAGES):
            page_id = uuid4()
            told += [("pages", str(alert_id), self._page(page_id, alert_id, page, v)) for v in (1, 2)]
        return [encode(topic, key, event, "alerting") for topic, key, event in told]

    def _alert(self, alert_id: UUID, version: int, incident_ids: tuple[UUID, ...]) -> AlertUpdated:
        at = self.now + timedelta(seconds=version)
        closed = version == VERSIONS
        line = TimelineLine(
            seq=version, at=at, event="answered", reason="staffed", cause=str(incident_ids[0]), text="Three are coming."
        )
        return AlertUpdated(
            alert_id=alert_id,
            version=version,
            plan="fire",
            kind=Kind.FIRE_ALARM,
            state=AlertState.CLOSED if closed else AlertState.PAGING,
            building=grounds.building(self.number),
            severity=Severity.SEVERE,
            title="Fire alarm",
            drill=False,
            confidentiality=Confidentiality.INTERNAL,
            opened_at=self.now,
            updated_at=at,
            step=1,
            needed={"total": 3, "lead": 1},
            coming={"total": version - 1, "lead": 0},
            next_step_at=None if closed else at + timedelta(seconds=45),
            restored_at=None,
            closed_at=at if closed else None,
            close_reason="False alarm" if closed else None,
            incident_ids=incident_ids,
            timeline=(line,),
        )

    def _page(self, page_id: UUID, alert_id: UUID, number: int, version: int) -> PageUpdated:
        at = self.now + timedelta(seconds=version)
        answered = version > 1
        return PageUpdated(
            page_id=page_id,
            version=version,
            alert_id=alert_id,
            member_id=f"member-{number}",
            member=f"Member {number}",
            team="bhv-f01",
            functions=("lead", "aed"),
            step=1,
            channel="webhook",
            state=PageState.DELIVERED,
            sent_at=self.now,
            delivered_at=self.now,
            answer=Answer.COMING if answered else None,
            answered_at=at if answered else None,
            eta_s=90 if answered else None,
            building=grounds.building(self.number),
            confidentiality=Confidentiality.INTERNAL,
            updated_at=at,
        )
