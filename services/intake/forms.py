"""Forms for people: plain HTML that works without script; public, so that nobody is kept from reporting."""

from hashlib import sha256
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.intake import fields as form_fields
from services.intake import normalise, traffic_entry
from services.intake.desk import Desk
from services.intake.fields import Fields
from services.intake.models import TrafficAccident
from services.intake.reception import Reception
from services.intake.traffic_entry import CONDITIONS, PARTIES, Wrong
from shared import clock
from shared.campus import Campus
from shared.errors import Refused
from shared.events import IncidentReported
from shared.limit import Limit
from shared.pages import Pages
from shared.problems import RETRY_AFTER_S

SOURCE = "traffic-form"
HARD = 10


class TrafficPage:
    """The form, what is wrong with it, and the confirmation."""

    def __init__(self, desk: Desk, pages: Pages, campus: Campus, per_minute: int) -> None:
        self._desk = desk
        self._pages = pages
        self._campus = campus
        self._usual = Limit(per_minute)
        self._most = Limit(per_minute * HARD)

    def empty(self, request: Request) -> Response:
        """The empty form; its id is made here, so that sending it twice is one accident."""
        today = clock.now().astimezone(ZoneInfo(self._campus.timezone)).date()
        return self._form(request, {"report_id": [str(clock.new_id())], "date": [today.isoformat()]}, {})

    async def send(self, request: Request) -> Response:
        """The confirmation once it is on Kafka; else the form as it was filled in, and what to do."""
        values, reception = await form_fields.read(request), self._desk.reception(SOURCE)
        if not self._most.take(clock.monotonic()):
            return self._later(request, values, "Very many reports come in just now. Send it again in a minute.")
        try:
            incident = self._incident(values, reception)
            await self._desk.sending.one(incident, reception)
        except Wrong as wrong:
            return self._form(request, values, wrong.messages, HTTPStatus.UNPROCESSABLE_ENTITY)
        except Refused:
            return self._later(request, values, "Your report could not be saved yet. Send it again in a moment.")
        return self._render(
            request,
            "traffic_received.html",
            number=str(incident.incident_id)[:8].upper(),
            incident_id=incident.incident_id,
        )

    def _incident(self, values: Fields, reception: Reception) -> IncidentReported:
        """Above the usual number a minute a report is taken, and pages together with the others of the burst."""
        report_id, report = traffic_entry.read(values, self._campus, reception.now)
        report.external_id = name_of(report_id, report)
        incident = normalise.traffic_accident(report, reception)
        return incident if self._usual.take(clock.monotonic()) else burst(incident)

    def _later(self, request: Request, values: Fields, message: str) -> Response:
        answer = self._form(request, values, {"form": message}, HTTPStatus.SERVICE_UNAVAILABLE)
        answer.headers["retry-after"] = str(RETRY_AFTER_S)
        return answer

    def _form(
        self, request: Request, values: Fields, errors: dict[str, str], status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        return self._render(
            request,
            "traffic.html",
            status,
            parties=PARTIES,
            conditions=CONDITIONS,
            values={name: found[0] for name, found in values.items()},
            chosen={name: values.get(name, ()) for name in traffic_entry.LISTS},
            errors=errors,
        )

    def _render(
        self, request: Request, template: str, status: HTTPStatus = HTTPStatus.OK, **values: object
    ) -> Response:
        """Kept by no browser: "back" gives a new form with a new id, and a shared computer shows nobody's report."""
        answer = self._pages.render(request, template, status, campus=self._campus, **values)
        answer.headers["cache-control"] = "no-store"
        return answer


def name_of(report_id: UUID, report: TrafficAccident) -> str:
    """Of one form and what it says: sending it twice is one accident, a correction is a report of its own."""
    return f"{report_id}:{sha256(report.model_dump_json().encode()).hexdigest()[:16]}"


def burst(incident: IncidentReported) -> IncidentReported:
    """Marked, and where no building joins it to an alert, named as the others of its severity, so that one is opened.

    Only there: with the name in a building's alert the accidents outdoors would join that one.
    """
    together = None if incident.location.building else f"{SOURCE}:burst:{incident.severity}"
    return incident.model_copy(
        update={"details": {**incident.details, "burst": True}, "dedup_key": together or incident.dedup_key}
    )


def router(desk: Desk, pages: Pages, campus: Campus, per_minute: int) -> APIRouter:
    """`/intake/forms/...`."""
    api = APIRouter(prefix="/intake/forms", include_in_schema=False)
    traffic = TrafficPage(desk, pages, campus, per_minute)

    @api.get("/traffic")
    async def form(request: Request) -> Response:
        return traffic.empty(request)

    @api.post("/traffic")
    async def send(request: Request) -> Response:
        return await traffic.send(request)

    return api
