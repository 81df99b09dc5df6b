"""What machines post to, and which scope each endpoint needs."""

from collections.abc import Callable

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from fastapi.security import HTTPBearer

from services.intake import normalise, normalise_alerts, normalise_incident, openapi
from services.intake.batch import Report
from services.intake.desk import Desk
from services.intake.models import AccessEvent, AlertmanagerNotification, FireAlarm, Incident, TrafficAccident
from services.intake.openapi import DirectRoute
from services.intake.reception import Reception
from shared.campus import Scope
from shared.events import IncidentReported


def router(desk: Desk) -> APIRouter:
    """One row an endpoint: path, scope, what it reads, what that becomes, and its words in OpenAPI."""
    key = HTTPBearer(scheme_name="source_key", description="meldkamer keys create", auto_error=False)
    api = APIRouter(prefix="/intake/v1", tags=["sources"], route_class=DirectRoute, dependencies=[Depends(key)])
    _add(
        api, desk, "/incidents", Scope.GENERAL, Incident, normalise_incident.incident,
        "Report any incident.",
        "One, an array or NDJSON. Only `kind` is needed; `source.external_id` makes a repeat the same incident.",
    )  # fmt: skip
    _add(
        api, desk, "/fire-alarms", Scope.FIRE, FireAlarm, normalise.fire_alarm,
        "Report what a fire panel says.",
        "An alarm pages; a restored clears what the same device reported; a test pages nobody.",
    )  # fmt: skip
    _add(
        api, desk, "/access-events", Scope.ACCESS, AccessEvent, normalise.access_event,
        "Report what access control says of a door.",
        "A granted access is shown and pages nobody; its badge is not kept.",
    )  # fmt: skip
    _add(
        api, desk, "/traffic-accidents", Scope.TRAFFIC, TrafficAccident, normalise.traffic_accident,
        "Report a traffic accident.",
        "A place is a point, words, or both. People use the form /intake/forms/traffic.",
    )  # fmt: skip

    @api.post(
        "/alertmanager",
        status_code=202,
        summary="Prometheus Alertmanager's webhook, version 4.",
        description="Labels `building`, `severity` (critical = extreme, warning = severe, else minor), `kind` (other)"
        " and `confidentiality` (confidential). A resolved alert clears. 503 when Kafka refuses any: Alertmanager sends"
        " the group again.",
        responses=openapi.responses(many=False),
        openapi_extra=openapi.body(AlertmanagerNotification, ndjson=False),
    )
    async def alertmanager(request: Request) -> Response:
        return await desk.take_group(request, Scope.ALERTMANAGER, AlertmanagerNotification, normalise_alerts.alerts)

    return api


def _add(
    api: APIRouter,
    desk: Desk,
    path: str,
    scope: Scope,
    model: type[Report],
    make: Callable[[Report, Reception], IncidentReported],
    summary: str,
    description: str,
) -> None:
    async def endpoint(request: Request) -> Response:
        return await desk.take(request, scope, model, make)

    api.add_api_route(
        path,
        endpoint,
        methods=["POST"],
        status_code=202,
        summary=summary,
        description=description,
        operation_id=path.strip("/").replace("-", "_"),
        responses=openapi.responses(),
        openapi_extra=openapi.body(model),
    )
