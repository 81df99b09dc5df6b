"""From what a panel, a door or a passer-by said to the incident that happened. No I/O, no clock."""

from pydantic import JsonValue

from services.intake.kinds import DEFAULTS, urgency_of
from services.intake.models import AccessEvent, AccessKind, FireAlarm, FireEvent, TrafficAccident
from services.intake.reception import Reception, extras
from shared import titles
from shared.events import IncidentReported, Source
from shared.words import Category, Certainty, Kind, Severity, Urgency

FIRE_KINDS = {
    FireEvent.ALARM: Kind.FIRE_ALARM,
    FireEvent.FAULT: Kind.FIRE_FAULT,
    FireEvent.RESTORED: Kind.FIRE_RESTORED,
    FireEvent.TEST: Kind.OTHER,
    FireEvent.SPRINKLER_FLOW: Kind.SPRINKLER_FLOW,
    FireEvent.EVACUATION: Kind.EVACUATION_STARTED,
}
ACCESS_KINDS = {
    AccessKind.FORCED: Kind.ACCESS_FORCED,
    AccessKind.HELD_OPEN: Kind.ACCESS_HELD_OPEN,
    AccessKind.DENIED: Kind.ACCESS_DENIED,
    AccessKind.DURESS: Kind.ACCESS_DURESS,
    AccessKind.TAMPER: Kind.ACCESS_TAMPER,
    AccessKind.GRANTED: Kind.OTHER,
}


def fire_alarm(report: FireAlarm, reception: Reception) -> IncidentReported:
    """A restored clears whatever the same device of the same building reported; a test is a drill that pages nobody."""
    kind = FIRE_KINDS[report.event]
    defaults = DEFAULTS[kind]
    test, restored = report.event is FireEvent.TEST, report.event is FireEvent.RESTORED
    where = reception.place(report.building, zone=report.zone, floor=report.floor, room=report.room)
    device = f"fire:{reception.source}:{where.building}:{report.device}"
    name = report.external_id and (
        report.external_id if report.event is FireEvent.ALARM else f"{report.external_id}:{report.event}"
    )
    return IncidentReported(
        incident_id=reception.id_of(name),
        kind=kind,
        category=Category.BUILDINGS_LABS,
        severity=defaults.severity,
        urgency=Urgency.PAST if test or restored else defaults.urgency,
        certainty=Certainty.OBSERVED if test else defaults.certainty,
        occurred_at=report.occurred_at or reception.now,
        received_at=reception.now,
        location=where,
        source=Source(system=reception.source, device=report.device, external_id=report.external_id),
        title=reception.title(titles.FIRE_TEST if test else titles.KINDS[kind], report.device),
        text=report.text,
        details={"event": report.event.value, **extras(report, report.occurred_at, reception.now)},
        drill=test,
        dedup_key=None if test or restored else device,
        clears=device if restored else None,
    )


def access_event(report: AccessEvent, reception: Reception) -> IncidentReported:
    """A granted access pages nobody and keeps no badge: it is shown, but nobody's walk through the campus is."""
    kind = ACCESS_KINDS[report.event]
    defaults = DEFAULTS[kind]
    granted = report.event is AccessKind.GRANTED
    details: dict[str, JsonValue] = {"event": report.event.value, "door": report.door}
    if report.badge and not granted:
        details["badge"] = report.badge
    return IncidentReported(
        incident_id=reception.id_of(report.external_id and f"{report.external_id}:{report.event}"),
        kind=kind,
        category=Category.BUILDINGS_LABS,
        severity=defaults.severity,
        urgency=Urgency.PAST if granted else defaults.urgency,
        certainty=Certainty.OBSERVED if granted else defaults.certainty,
        occurred_at=report.occurred_at or reception.now,
        received_at=reception.now,
        location=reception.place(report.building, zone=report.zone, floor=report.floor, room=report.room),
        source=Source(system=reception.source, device=report.door, external_id=report.external_id),
        title=reception.title(titles.ACCESS_GRANTED if granted else titles.KINDS[kind], report.door),
        text=report.text,
        details=details | extras(report, report.occurred_at, reception.now, keep_raw=not granted),
    )


def traffic_accident(report: TrafficAccident, reception: Reception) -> IncidentReported:
    """Somebody hurt makes it severe. Accidents are reported days later too: only a time to come is a wrong clock."""
    severity = Severity.SEVERE if report.injured else DEFAULTS[Kind.TRAFFIC_ACCIDENT].severity
    place = report.place
    where = reception.place(place.building)
    if place.lat is not None and place.lon is not None:
        where = reception.point(where, place.lat, place.lon)
    details: dict[str, JsonValue] = {
        "place": place.text,
        "parties": [*report.parties],
        "injured": report.injured,
        "crossing": report.crossing,
        "conditions": report.conditions,
    }
    return IncidentReported(
        incident_id=reception.id_of(report.external_id),
        kind=Kind.TRAFFIC_ACCIDENT,
        category=Category.CAMPUS_TERRAIN,
        severity=severity,
        urgency=urgency_of(severity),
        certainty=Certainty.OBSERVED,
        occurred_at=report.occurred_at,
        received_at=reception.now,
        location=where,
        source=Source(system=reception.source, external_id=report.external_id),
        title=reception.title(titles.KINDS[Kind.TRAFFIC_ACCIDENT], place.text and place.text[:100]),
        text=report.text,
        details={name: value for name, value in details.items() if value is not None}
        | extras(report, report.occurred_at, reception.now, late_is_wrong=False),
    )
