"""The desk that machines report at: who is it, what happened, is it on Kafka; only then 202."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.intake import batch
from services.intake.batch import Many, Report
from services.intake.keyring import KeyRing
from services.intake.reception import Reception
from services.intake.store import SourceKey
from shared import clock, metrics, topics
from shared.campus import Campus, Scope
from shared.errors import Refused
from shared.events import IncidentReported
from shared.problems import Problem, unavailable
from shared.publish import Publisher
from shared.wire import Outgoing, encode

Make = Callable[[Report, Reception], IncidentReported]


@dataclass(frozen=True)
class Desk:
    """Built once; holds no state of its own."""

    campus: Campus
    publisher: Publisher
    ring: KeyRing
    say: Callable[[str], str]

    async def take(self, request: Request, scope: Scope, model: type[Report], make: "Make[Report]") -> Response:
        """One report, an array or NDJSON: to incidents, to Kafka, to the answer."""
        key, reception = await self._welcome(request, scope)
        with _counting(key):
            found = batch.read(model, await request.body(), request.headers.get("content-type", ""))
        if isinstance(found, Many):
            return await self._many(key, [_made(item, make, reception) for item in found.items])
        incident = make(found, reception)
        await self.publish_one(key.source, incident)
        return Response(_published(incident.incident_id), HTTPStatus.ACCEPTED, media_type="application/json")

    async def take_group(
        self,
        request: Request,
        scope: Scope,
        model: type[Report],
        make: Callable[[Report, Reception], list[IncidentReported]],
    ) -> Response:
        """One notification of several incidents: all on Kafka or 503, because its sender repeats it as a whole."""
        key, reception = await self._welcome(request, scope)
        with _counting(key):
            found = batch.one(model, batch.without_nul(await request.body()))
        results = await self.publish_many(key, make(found, reception))
        for result in results:
            if isinstance(result, Problem):
                raise result
        return _listed(results)

    async def _welcome(self, request: Request, scope: Scope) -> tuple[SourceKey, Reception]:
        """Who is it, and a sign of life of that source."""
        key = await self.ring.admit(request.headers.get("authorization"), scope)
        now = clock.now()
        metrics.SOURCE_LAST_SEEN.labels(key.source).set(now.timestamp())
        return key, self.reception(key.source, now)

    def reception(self, source: str, now: datetime) -> Reception:
        """What the pure part is told of this request."""
        return Reception(source, now, self.campus, self.say, clock.new_id)

    async def publish_one(self, source: str, incident: IncidentReported) -> None:
        """Return when every in-sync replica has it, else raise Refused, which becomes 503."""
        try:
            await self.publisher.publish(outgoing(incident))
        except Refused:
            count(source, incident, "refused")
            raise
        count(source, incident, "published")

    async def _many(self, key: SourceKey, items: Sequence[IncidentReported | Problem]) -> Response:
        """202 when one is on Kafka or none was sent. Nothing on Kafka: 503 if that was Kafka's doing, else 422."""
        results = await self.publish_many(key, items)
        refused = [result for result in results if isinstance(result, Problem)]
        if refused and len(refused) == len(results):
            raise _all_refused(refused, results)
        return _listed(results)

    async def publish_many(
        self, key: SourceKey, items: Sequence[IncidentReported | Problem]
    ) -> list[IncidentReported | Problem]:
        """Publish the good ones side by side, in order within a building; what is refused becomes its problem."""
        good = [item for item in items if isinstance(item, IncidentReported)]
        answers = iter(await self.publisher.publish_each([outgoing(incident) for incident in good]))
        results: list[IncidentReported | Problem] = []
        for item in items:
            refusal = next(answers) if isinstance(item, IncidentReported) else None
            results.append(unavailable(f"{refusal}; send it again") if refusal else item)
            _count_item(key, item, refusal)
        return results


def outgoing(incident: IncidentReported) -> Outgoing:
    """The record of an incident on the topic of its kind; a building's incidents stay in order."""
    return encode(
        topics.for_kind(incident.kind).name, incident.location.building or topics.NO_BUILDING, incident, "intake"
    )


def count(source: str, incident: IncidentReported | None, outcome: str) -> None:
    """For `meldkamer_incidents_total`; what could not be read has no kind."""
    metrics.INCIDENTS.labels(source, incident.kind.value if incident else "unknown", outcome).inc()


@contextmanager
def _counting(key: SourceKey) -> Iterator[None]:
    """A body that cannot be read is counted too."""
    try:
        yield
    except Problem:
        count(key.source, None, "invalid")
        raise


def _count_item(key: SourceKey, item: IncidentReported | Problem, refusal: Refused | None) -> None:
    if isinstance(item, Problem):
        count(key.source, None, "invalid")
    else:
        count(key.source, item, "refused" if refusal else "published")


def _made(item: Report | Problem, make: "Make[Report]", reception: Reception) -> IncidentReported | Problem:
    return item if isinstance(item, Problem) else make(item, reception)


def _published(incident_id: UUID) -> bytes:
    return b'{"incident_id":"%s","status":"published"}' % str(incident_id).encode()


def _listed(results: Sequence[IncidentReported | Problem]) -> Response:
    parts = [_refused(r) if isinstance(r, Problem) else _published(r.incident_id) for r in results]
    return Response(b"[" + b",".join(parts) + b"]", HTTPStatus.ACCEPTED, media_type="application/json")


def _refused(problem: Problem) -> bytes:
    return json.dumps({"status": "refused", "problem": problem.body()}).encode()


def _all_refused(refused: Sequence[Problem], results: Sequence[object]) -> Problem:
    """The problem of a request of which nothing was kept; fields are named with the number of their item."""
    away = [problem for problem in refused if problem.status is HTTPStatus.SERVICE_UNAVAILABLE]
    if away:
        return away[0]
    errors = [
        {"field": f"{number}.{error['field']}", "detail": error["detail"]}
        for number, problem in enumerate(refused)
        for error in problem.errors or [{"field": "body", "detail": problem.detail}]
    ]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"none of the {len(results)} items is right", errors)
