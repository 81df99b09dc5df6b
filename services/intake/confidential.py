"""What a confidential report leaves on the topics, and what only the advisers read. Pure."""

import json

from shared.events import IncidentReported, Location, Source
from shared.words import Kind


def bare(incident: IncidentReported, title: str) -> IncidentReported:
    """Kind, severity, place and time. Who reports social safety is not told the room either: it may be an office."""
    where, clears = incident.location, incident.clears
    if incident.kind is Kind.SOCIAL_SAFETY:
        where = Location(building=where.building, on_campus=where.on_campus, building_known=where.building_known)
    return incident.model_copy(
        update={
            "location": where,
            "source": Source(system=incident.source.system),
            "title": title,
            "text": "",
            "details": {},
            "attachments": (),
            "dedup_key": None,  # holds the source's own name of the event
            "clears": None if clears and clears.startswith("incident:") else clears,
        }
    )


def text(incident: IncidentReported) -> str:
    """The rest, for the advisers to read."""
    links = [attachment.url for attachment in incident.attachments]
    details = json.dumps(incident.details, indent=1, ensure_ascii=False, default=str) if incident.details else ""
    named = ", ".join(part for part in (incident.source.system, incident.source.external_id) if part)
    return "\n\n".join(part for part in (incident.title, incident.text, details, "\n".join(links), named) if part)
