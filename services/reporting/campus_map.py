"""The campus as a schematic drawing: outlines in metres on a flat piece of earth, north up."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from services.reporting.buildings import highest
from services.reporting.views import AlertItem
from shared.campus import Building, Campus
from shared.campus.geometry import METRES_PER_DEGREE, Point
from shared.words import Language, Severity

MARGIN_M = 60.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A building on the map; `points` are SVG's, `x` and `y` its middle, `top` its upper edge, all in metres."""

    code: str
    name: str
    points: str
    x: float
    y: float
    top: float
    alerts: int
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class Map:
    """What is drawn: the buildings on campus, and those in the city, which would make the drawing too small."""

    width: float
    height: float
    outlines: tuple[Outline, ...]
    elsewhere: tuple[Outline, ...]


def draw(campus: Campus, alerts: Sequence[AlertItem], language: Language) -> Map:
    """The map with the open alerts that the reader may see."""
    near = [b for b in campus.buildings if b.on_campus]
    points = [p for b in near for p in b.polygon] or [(0.0, 0.0)]
    west, north = min(p[0] for p in points), max(p[1] for p in points)
    scale = METRES_PER_DEGREE * cos(radians(north))

    def place(point: Point) -> Point:
        return (point[0] - west) * scale + MARGIN_M, (north - point[1]) * METRES_PER_DEGREE + MARGIN_M

    def outline(building: Building) -> Outline:
        ring = [place(p) for p in building.polygon]
        own = [a for a in alerts if a.building == building.code]
        xs, ys = [x for x, _ in ring], [y for _, y in ring]
        return Outline(
            code=building.code,
            name=building.name.read_in(language),
            points=" ".join(f"{x:.0f},{y:.0f}" for x, y in ring),
            x=round((min(xs) + max(xs)) / 2),
            y=round((min(ys) + max(ys)) / 2),
            top=round(min(ys)),
            alerts=len(own),
            severity=highest(own),
        )

    corners = [place(p) for p in points]
    return Map(
        width=round(max(x for x, _ in corners) + MARGIN_M),
        height=round(max(y for _, y in corners) + MARGIN_M),
        outlines=tuple(outline(b) for b in near),
        elsewhere=tuple(outline(b) for b in campus.buildings if not b.on_campus),
    )
