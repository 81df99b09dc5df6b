"""Where an incident goes: to the topic of its kind, or, when it is confidential, to the advisers' sealed chats."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Literal
from uuid import UUID

from prometheus_client import Counter

from services.intake import confidential
from services.intake.chat.talk import Talk
from services.intake.reception import Reception
from shared import metrics, topics, waypoint
from shared.errors import Refused
from shared.events import IncidentReported
from shared.problems import Problem, problem_of, refused
from shared.publish import Publisher
from shared.waypoint import Point
from shared.wire import Outgoing, encode


@dataclass(frozen=True, slots=True)
class Taken:
    """An incident that cannot be lost any more: on Kafka, or committed and on its way there."""

    incident_id: UUID
    status: Literal["published", "spooled"]


class Sending:
    """Makes incidents durable. `talk` is None when there is no chat to put confidential text in."""

    def __init__(self, publisher: Publisher, talk: Talk | None) -> None:
        self._publisher = publisher
        self._talk = talk

    async def one(self, incident: IncidentReported, reception: Reception) -> Taken:
        """Return when it is durable, else raise Refused or a Problem."""
        if confidential.is_confidential(incident):
            answer = await self._confide(incident, reception)
            if isinstance(answer, Problem):
                raise answer
            return answer
        waypoint.passed(Point.ACCEPTED)
        try:
            await self._publisher.publish(outgoing(incident))
        except Refused:
            count(reception.source, incident, "refused")
            raise
        waypoint.passed(Point.PUBLISHED)
        count(reception.source, incident, "published")
        return Taken(incident.incident_id, "published")

    async def many(self, items: Sequence[IncidentReported | Problem], reception: Reception) -> list[Taken | Problem]:
        """The good ones side by side, in order within a building; each answer stands where its item stood."""
        open_ = [i for i in items if isinstance(i, IncidentReported) and not confidential.is_confidential(i)]
        waypoint.passed(Point.ACCEPTED)
        refusals = iter(await self._publisher.publish_each([outgoing(incident) for incident in open_]))
        waypoint.passed(Point.PUBLISHED)
        answers: list[Taken | Problem] = []
        for item in items:
            if isinstance(item, Problem):
                count(reception.source, None, "invalid")
                answers.append(item)
            elif confidential.is_confidential(item):
                answers.append(await self._confide(item, reception))
            else:
                answers.append(_answer(item, next(refusals), reception.source))
        return answers

    async def _confide(self, incident: IncidentReported, reception: Reception) -> Taken | Problem:
        """Its text may stand on no topic; only kind, severity, place and time go out, once PostgreSQL has both."""
        if self._talk is None:
            detail = "a confidential report needs the chat, which has not been set up"
            return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, [{"field": "confidentiality", "detail": detail}])
        try:
            await self._talk.confide(incident, reception)
        except Exception as error:  # what problem_of does not know is raised again
            problem = problem_of(error)
            if problem is None:
                raise
            count(reception.source, incident, "refused")
            return problem
        count(reception.source, incident, "published")
        return Taken(incident.incident_id, "spooled")


def outgoing(incident: IncidentReported) -> Outgoing:
    """The record of an incident on the topic of its kind; a building's incidents stay in order."""
    key = incident.location.building or topics.NO_BUILDING
    return encode(topics.for_kind(incident.kind).name, key, incident, "intake")


def count(source: str, incident: IncidentReported | None, outcome: str) -> None:
    """For `meldkamer_incidents_total`; what could not be read has no kind."""
    _counter(source, incident.kind if incident else "unknown", outcome).inc()


@cache  # the labels are closed sets, and looking them up costs more than counting
def _counter(source: str, kind: str, outcome: str) -> Counter:
    return metrics.INCIDENTS.labels(source, str(kind), outcome)


def _answer(incident: IncidentReported, refusal: Refused | None, source: str) -> Taken | Problem:
    count(source, incident, "refused" if refusal else "published")
    return refused(refusal) if refusal else Taken(incident.incident_id, "published")
