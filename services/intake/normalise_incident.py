"""From a general report to the incident that happened: what its source did not say follows from the kind."""

from uuid import UUID

from services.intake.kinds import DEFAULTS, confidentiality_of, urgency_of
from services.intake.models import Incident, PlaceOfIncident
from services.intake.reception import Reception, extras
from shared import titles
from shared.events import IncidentReported, Location, Source
from shared.words import Severity


def incident(report: Incident, reception: Reception) -> IncidentReported:
    """An incident with `clears` says that another is over; its name is kept apart from that one's."""
    defaults = DEFAULTS[report.kind]
    over = bool(report.clears)
    severity = report.severity or (Severity.MINOR if over else defaults.severity)
    name = _external_id(report)
    keyed = report.dedup_key or name
    return IncidentReported(
        incident_id=reception.id_of(name and (f"{name}:clears" if over else name), report.source.system),
        kind=report.kind,
        category=report.category or defaults.category,
        severity=severity,
        urgency=report.urgency or urgency_of(severity),
        certainty=report.certainty or defaults.certainty,
        occurred_at=report.occurred_at or reception.now,
        received_at=reception.now,
        location=_location(report.location, reception),
        source=Source(system=report.source.system or reception.source, device=report.source.device, external_id=name),
        title=report.title or reception.title(titles.KINDS[report.kind], report.source.device),
        text=report.text,
        details={**report.details, **extras(report, report.occurred_at, reception.now)},
        confidentiality=confidentiality_of(report.kind, report.confidentiality),
        drill=report.drill,
        attachments=report.attachments,
        dedup_key=_key(keyed, report, reception) if keyed and not over else None,
        clears=_cleared(report.clears, report, reception) if report.clears else None,
    )


def _external_id(report: Incident) -> str | None:
    """The source's name of the event. A sender that makes up an `incident_id` means the same by it."""
    own = (report.model_extra or {}).get("incident_id")
    return report.source.external_id or report.external_id or (str(own) if own else None)


def _location(where: PlaceOfIncident, reception: Reception) -> Location:
    found = reception.place(where.building, where.zone, where.floor, where.room)
    if where.lat is not None and where.lon is not None:
        found = reception.point(found, where.lat, where.lon)
    return found if where.on_campus is None else found.model_copy(update={"on_campus": where.on_campus})


def _cleared(clears: str, report: Incident, reception: Reception) -> str:
    """An incident's id as it is; a name only of the same source, so that nobody clears what another reported.

    Every id that we give is a UUID of version 5. A source may name its events by UUIDs too: one of another version is a
    name, and so is one that the report itself bears.
    """
    if clears in (report.dedup_key, report.external_id, report.source.external_id) or not _is_of_ours(clears):
        return _key(clears, report, reception)
    return clears.lower()


def _is_of_ours(clears: str) -> bool:
    """Whether it could be an id that we gave; Python would take a hash of 32 digits for a UUID as well."""
    try:
        found = UUID(clears)
    except ValueError:
        return False
    return found.version == 5 and str(found) == clears.lower()


def _key(key: str, report: Incident, reception: Reception) -> str:
    return f"incident:{reception.source}/{report.source.system or reception.source}:{key}"
