"""A reception at a fixed moment on a small campus, and reports to bring there."""

from datetime import UTC, datetime
from uuid import UUID

from services.intake.reception import Reception
from shared.campus import Building, Campus
from shared.phrase import Phrase
from shared.words import Language

NOW = datetime(2026, 3, 2, 14, 3, 9, tzinfo=UTC)
FRESH = UUID("00000000-0000-4000-8000-000000000001")


def building(code: str, west: float) -> Building:
    """A square building, its south-west corner at 52.2360 north."""
    east, south, north = west + 0.001, 52.2360, 52.2370
    outline = ((west, south), (east, south), (east, north), (west, north))
    return Building(code, Phrase(code.title(), code.title()), outline, Phrase("plein", "square"))


CAMPUS = Campus(
    name=Phrase("Campus", "Campus"),
    timezone="Europe/Amsterdam",
    emergency_number="053-489 2222",
    language=Language.NL,
    buildings=(building("HORST", 6.8580), building("CARRE", 6.8560)),
    teams=(),
    plans=(),
)


def reception(source: str = "ascom", now: datetime = NOW) -> Reception:
    """What is known when a report comes in."""
    return Reception(source, now, CAMPUS, lambda: FRESH)
