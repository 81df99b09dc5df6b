"""Where an incident goes: to the topic of its kind, or, when it is confidential, to the advisers' sealed chats."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Literal
from uuid import UUID

import prometheus_client

from services.intake.chat.talk import Talk
from services.intake.confidential import Veil
from services.intake.reception import Reception
from shared import metrics, topics, waypoint
from shared.errors import Refused
from shared.events import IncidentReported
from shared.problems import Problem, problem_of, refused
from shared.publish import Publisher
from shared.waypoint import Point
from shared.wire import Outgoing, encode
from shared.words import Kind

PAUSE_EVERY = 100  # items, about 10 ms of reading: then everybody else has a turn


@dataclass(frozen=True, slots=True)
class Taken:
    """An incident that cannot be lost any more: on Kafka, or committed and on its way there."""

    incident_id: UUID
    status: Literal["published", "spooled"]


class Sending:
    """Makes incidents durable. `talk` is None when there is no chat to put confidential text in."""

    def __init__(self, publisher: Publisher, talk: Talk | None, veil: Veil) -> None:
        self._publisher = publisher
        self._talk = talk
        self._veil = veil

    async def one(self, incident: IncidentReported, reception: Reception) -> Taken:
        """Return when it is durable, else raise Refused or a Problem."""
        if incident.confidential:
            answer = await self._confide(incident, reception)
            if isinstance(answer, Problem):
                raise answer
            return answer
        waypoint.passed(Point.ACCEPTED)
        try:
            await self._publisher.publish(outgoing(incident))
        except Refused:
            count(reception.source, incident.kind, "refused")
            raise
        waypoint.passed(Point.PUBLISHED)
        count(reception.source, incident.kind, "published")
        return Taken(incident.incident_id, "published")

    async def many(self, items: Iterable[IncidentReported | Problem], reception: Reception) -> list[Taken | Problem]:
        """The good ones side by side, in order within a building; each answer stands where its item stood."""
        found = await _sort(items)
        waypoint.passed(Point.ACCEPTED)
        refusals = await self._publisher.publish_each(found.records)
        waypoint.passed(Point.PUBLISHED)
        outcomes: Counter[tuple[Kind | None, str]] = Counter({(None, "invalid"): found.invalid})
        for (place, kind), refusal in zip(found.places, refusals, strict=True):
            if refusal:
                found.answers[place] = refused(refusal)
            outcomes[kind, "refused" if refusal else "published"] += 1
        for (kind_, outcome), times in outcomes.items():
            count(reception.source, kind_, outcome, times)
        for place, incident in found.confidential:
            found.answers[place] = await self._confide(incident, reception)
        return found.answers

    async def _confide(self, incident: IncidentReported, reception: Reception) -> Taken | Problem:
        """Its text may stand on no topic; only kind, severity, place and time go out, once PostgreSQL has both."""
        if self._talk is None:
            detail = "a confidential report needs the chat, which has not been set up"
            return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, [{"field": "confidentiality", "detail": detail}])
        try:
            await self._talk.confide(self._veil.over(incident), reception)
        except Exception as error:  # what problem_of does not know is raised again
            problem = problem_of(error)
            if problem is None:
                raise
            count(reception.source, incident.kind, "refused")
            return problem
        count(reception.source, incident.kind, "spooled")
        return Taken(incident.incident_id, "spooled")


@dataclass(slots=True)
class _Sorted:
    """The items of a request by where they go; `answers` are those they get if nothing is refused."""

    answers: list[Taken | Problem] = field(default_factory=list)
    records: list[Outgoing] = field(default_factory=list)
    places: list[tuple[int, Kind]] = field(default_factory=list)
    confidential: list[tuple[int, IncidentReported]] = field(default_factory=list)
    invalid: int = 0


async def _sort(items: Iterable[IncidentReported | Problem]) -> _Sorted:
    """Each item is made, written as a record and let go in turn: all at once do not fit a processor's cache."""
    found = _Sorted()
    for place, item in enumerate(items):
        if place % PAUSE_EVERY == PAUSE_EVERY - 1:
            await asyncio.sleep(0)
        if isinstance(item, Problem):
            found.invalid += 1
            found.answers.append(item)
            continue
        if item.confidential:
            found.confidential.append((place, item))
        else:
            found.places.append((place, item.kind))
            found.records.append(outgoing(item))
        found.answers.append(Taken(item.incident_id, "published"))
    return found


def outgoing(incident: IncidentReported) -> Outgoing:
    """The record of an incident on the topic of its kind; a building's incidents stay in order."""
    key = incident.location.building or topics.NO_BUILDING
    return encode(topics.for_kind(incident.kind).name, key, incident, "intake")


def count(source: str, kind: Kind | None, outcome: str, times: int = 1) -> None:
    """For `meldkamer_incidents_total`; what could not be read has no kind."""
    if times:
        _counter(source, kind or "unknown", outcome).inc(times)


@cache  # the labels are closed sets, and looking them up costs more than counting
def _counter(source: str, kind: str, outcome: str) -> prometheus_client.Counter:
    return metrics.INCIDENTS.labels(source, str(kind), outcome)
