"""The campus as a schematic drawing: outlines in metres on a flat piece of earth, north up."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians

from services.reporting.buildings import highest
from services.reporting.views import AlertItem
from shared.campus import Building, Campus
from shared.campus.geometry import METRES_PER_DEGREE, Point
from shared.words import Language, Severity

MARGIN_M = 55.0
WIDEST_GAP_M = 70.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A building on the map; `points` are SVG's, `x` and `y` its middle, `top` its upper edge, all in metres.

    `drill` says that none of its open alerts is real.
    """

    code: str
    name: str
    points: str
    x: float
    y: float
    top: float
    alerts: int
    severity: Severity | None
    drill: bool


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
    scale = METRES_PER_DEGREE * cos(radians(max(p[1] for p in points)))
    across = squeezed([x * scale for x, _ in points])
    down = squeezed([-y * METRES_PER_DEGREE for _, y in points])

    def place(point: Point) -> Point:
        return across.get(point[0] * scale, 0.0) + MARGIN_M, down.get(-point[1] * METRES_PER_DEGREE, 0.0) + MARGIN_M

    def outline(building: Building) -> Outline:
        ring = [place(p) for p in building.polygon]
        own = [a for a in alerts if a.building == building.code]
        real = [a for a in own if not a.drill]
        x, y = middle(ring)
        return Outline(
            code=building.code,
            name=building.name.read_in(language),
            points=" ".join(f"{x:.0f},{y:.0f}" for x, y in ring),
            x=round(x),
            y=round(y),
            top=round(min(y for _, y in ring)),
            alerts=len(own),
            severity=highest(real or own),
            drill=bool(own) and not real,
        )

    return Map(
        width=round(max(across.values()) + 2 * MARGIN_M),
        height=round(max(down.values()) + 2 * MARGIN_M),
        outlines=tuple(sorted(map(outline, near), key=lambda o: o.alerts > 0)),  # the last drawn lies on top
        elsewhere=tuple(outline(b) for b in campus.buildings if not b.on_campus),
    )


def squeezed(values: Sequence[float]) -> dict[float, float]:
    """Where each value lands from 0 on when no gap between neighbours is wider than WIDEST_GAP_M; order is kept.

    Open fields between buildings would make the buildings too small to read; within a building a long wall shrinks too.
    """
    ordered = sorted(set(values))
    placed = {ordered[0]: 0.0}
    for before, value in pairwise(ordered):
        placed[value] = placed[before] + min(value - before, WIDEST_GAP_M)
    return placed


def middle(ring: Sequence[Point]) -> Point:
    """The centre of gravity, which also lies well in a building with a corner cut out."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
        cross = ax * by - bx * ay
        area += cross
        x += (ax + bx) * cross
        y += (ay + by) * cross
    return (x / (3 * area), y / (3 * area)) if area else ring[0]
