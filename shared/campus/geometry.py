"""Places and outlines on a piece of earth small enough to be flat; points are (lon, lat) in degrees WGS 84."""

from collections.abc import Iterable
from itertools import pairwise
from math import cos, hypot, radians

Point = tuple[float, float]
Ring = tuple[Point, ...]

CAMPUS_MARGIN_M = 150.0
METRES_PER_DEGREE = 111_320.0
TOUCH_M = 0.1


def edges(ring: Ring) -> Iterable[tuple[Point, Point]]:
    """The sides of a ring, the closing one too."""
    return pairwise((*ring, ring[0])) if ring else ()


def inside(ring: Ring, point: Point) -> bool:
    """Whether a ray from the point to the east crosses the ring an odd number of times."""
    x, y = point
    crossings = 0
    for (ax, ay), (bx, by) in edges(ring):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            crossings += 1
    return crossings % 2 == 1


def distance(a: Point, b: Point) -> float:
    """Metres between two places that lie near each other."""
    return hypot(*_metres(a, b))


def near(ring: Ring, point: Point, metres: float) -> bool:
    """Whether the point is inside the ring or at most so far outside it; nothing is near an empty ring."""
    return inside(ring, point) or any(_to_edge(point, a, b) <= metres for a, b in edges(ring))


def hull(points: Iterable[Point]) -> Ring:
    """The convex hull, counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return tuple(ordered)
    return (*_chain(ordered), *_chain(ordered[::-1]))


def overlap(a: Ring, b: Ring) -> bool:
    """Whether two outlines share ground: sides that cross, or one inside the other. Touching is not overlapping."""
    if any(_cross(*p, *q) for p in edges(a) for q in edges(b)):
        return True
    return any(_within(b, p) for p in _probes(a)) or any(_within(a, p) for p in _probes(b))


def _within(ring: Ring, point: Point) -> bool:
    """Inside, and more than the width of a pencil line away from every side."""
    return inside(ring, point) and all(_to_edge(point, a, b) > TOUCH_M for a, b in edges(ring))


def _probes(ring: Ring) -> Ring:
    """Corners, middles of sides and the middle of the corners: enough where sides run along each other."""
    middles = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in edges(ring)]
    centre = (sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring))
    return (*ring, *middles, *((centre,) if inside(ring, centre) else ()))


def _chain(ordered: list[Point]) -> list[Point]:
    """One half of the hull, without its last point, which begins the other half."""
    chain: list[Point] = []
    for point in ordered:
        while len(chain) >= 2 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain[:-1]


def _turn(a: Point, b: Point, c: Point) -> float:
    """Positive when a, b, c turn left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the open segments a-b and c-d cross in one point."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _metres(origin: Point, point: Point) -> Point:
    """East and north of the origin, in metres."""
    east = (point[0] - origin[0]) * METRES_PER_DEGREE * cos(radians(origin[1]))
    return east, (point[1] - origin[1]) * METRES_PER_DEGREE


def _to_edge(point: Point, a: Point, b: Point) -> float:
    """Metres from the point to the nearest place on the segment a-b."""
    (ax, ay), (bx, by) = _metres(point, a), _metres(point, b)
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    along = 0.0 if length2 == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length2))
    return hypot(ax + along * dx, ay + along * dy)
