"""What a confidential report leaves on the topics, and what only the advisers read. Pure."""

import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.events import IncidentReported, Location, Source
from shared.words import Kind

VEILED = "confidential:"
NOBODYS = f"{VEILED}-"


class Veil:
    """Turns the name that a source gives an event into a keyed hash: what says that it is over still finds it."""

    def __init__(self, secret: str) -> None:
        self._key = HKDF(hashes.SHA256(), 32, salt=None, info=b"meldkamer confidential name").derive(secret.encode())

    def over(self, incident: IncidentReported) -> IncidentReported:
        """The incident with its names veiled; one that is cleared by its id is cleared by that."""
        clears = self._name(incident.clears) if _is_name(incident.clears) else incident.clears
        return incident.model_copy(update={"dedup_key": self._name(incident.dedup_key), "clears": clears})

    def _name(self, name: str | None) -> str | None:
        return name and VEILED + hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()[:32]


def bare(incident: IncidentReported, title: str) -> IncidentReported:
    """Kind, severity, place and time. Who reports social safety is not told the room either: it may be an office.

    Names stay when they are veiled. A clear whose name is not still is one, of nobody's: it must not open an alert.
    """
    where, key, clears = incident.location, incident.dedup_key, incident.clears
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
            "dedup_key": key if key and key.startswith(VEILED) else None,
            "clears": NOBODYS if _is_name(clears) and not (clears or "").startswith(VEILED) else clears,
        }
    )


def text(incident: IncidentReported) -> str:
    """The rest, for the advisers to read."""
    links = [attachment.url for attachment in incident.attachments]
    details = json.dumps(incident.details, indent=1, ensure_ascii=False, default=str) if incident.details else ""
    named = ", ".join(part for part in (incident.source.system, incident.source.external_id) if part)
    return "\n\n".join(part for part in (incident.title, incident.text, details, "\n".join(links), named) if part)


def _is_name(clears: str | None) -> bool:
    """Names begin with whose they are and a colon, ids have none."""
    return clears is not None and ":" in clears
