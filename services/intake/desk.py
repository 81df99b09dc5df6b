"""The desk that machines report at: who is it, what happened, is it durable; only then 202."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response
from pydantic_core import to_json

from services.intake import batch
from services.intake.batch import Many, Report
from services.intake.keyring import KeyRing
from services.intake.reception import Reception
from services.intake.sending import Sending, Taken, count
from shared import metrics
from shared.campus import Scope
from shared.events import IncidentReported
from shared.problems import Problem

Make = Callable[[Report, Reception], IncidentReported]
MakeMany = Callable[[Report, Reception], Iterable[IncidentReported]]
FAULTS_TOLD = 100


@dataclass(frozen=True)
class Desk:
    """Built once; holds no state of its own. `reception` says what is known when a source of that name reports."""

    sending: Sending
    ring: KeyRing
    reception: Callable[[str], Reception]

    async def take(self, request: Request, scope: Scope, model: type[Report], make: "Make[Report]") -> Response:
        """One report, an array or NDJSON: to incidents, to Kafka, to the answer."""
        reception = await self._welcome(request, scope)
        with _counting(reception.source):
            found = batch.read(model, await request.body(), request.headers.get("content-type", ""))
        if isinstance(found, Many):
            return await self._take_many((_made(item, make, reception) for item in found.items), reception)
        return _accepted(_one(await self.sending.one(make(found, reception), reception)))

    async def take_group(
        self, request: Request, scope: Scope, model: type[Report], make: "MakeMany[Report]"
    ) -> Response:
        """One notification of several incidents: all on Kafka or 503, because its sender repeats it as a whole."""
        reception = await self._welcome(request, scope)
        with _counting(reception.source):
            found = batch.one(model, batch.without_nul(await request.body()))
        answers = await self.sending.many(make(found, reception), reception)
        for answer in answers:
            if isinstance(answer, Problem):
                raise answer
        return _listed(answers)

    async def _welcome(self, request: Request, scope: Scope) -> Reception:
        """Who is it, and a sign of life of that source."""
        key = await self.ring.admit(request.headers.get("authorization"), scope)
        reception = self.reception(key.source)
        metrics.SOURCE_LAST_SEEN.labels(key.source).set(reception.now.timestamp())
        return reception

    async def _take_many(self, items: Iterable[IncidentReported | Problem], reception: Reception) -> Response:
        """202 when one is durable or none was sent. None durable: 503 if that was Kafka's doing, else 422."""
        answers = await self.sending.many(items, reception)
        refused = [answer for answer in answers if isinstance(answer, Problem)]
        if refused and len(refused) == len(answers):
            raise _all_refused(refused)
        return _listed(answers)


@contextmanager
def _counting(source: str) -> Iterator[None]:
    """A body that cannot be read is counted too."""
    try:
        yield
    except Problem:
        count(source, None, "invalid")
        raise


def _made(item: Report | Problem, make: "Make[Report]", reception: Reception) -> IncidentReported | Problem:
    return item if isinstance(item, Problem) else make(item, reception)


def _one(answer: Taken | Problem) -> bytes:
    if isinstance(answer, Problem):
        return to_json({"status": "refused", "problem": answer.body()})
    return b'{"incident_id":"%s","status":"%s"}' % (str(answer.incident_id).encode(), answer.status.encode())


def _listed(answers: Sequence[Taken | Problem]) -> Response:
    return _accepted(b"[" + b",".join(map(_one, answers)) + b"]")


def _accepted(content: bytes) -> Response:
    return Response(content, HTTPStatus.ACCEPTED, media_type="application/json")


def _all_refused(refused: Sequence[Problem]) -> Problem:
    """The problem of a request of which nothing was kept: the first faults, named with the number of their item."""
    away = next((problem for problem in refused if problem.status is HTTPStatus.SERVICE_UNAVAILABLE), None)
    if away:
        return away
    errors = [
        {"field": f"{number}.{error['field']}", "detail": error["detail"]}
        for number, problem in enumerate(refused)
        for error in problem.errors or [{"field": "body", "detail": problem.detail}]
    ]
    detail = f"none of the {len(refused):,} items is right"
    if len(errors) > FAULTS_TOLD:
        detail += f"; of {len(errors):,} faults the first {FAULTS_TOLD} are listed"
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors[:FAULTS_TOLD])
