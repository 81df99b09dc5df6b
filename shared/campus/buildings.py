"""Reads the buildings and the teams of a campus file."""

from collections.abc import Sequence
from statistics import median

from shared.campus import geometry
from shared.campus.cursor import Cursor, Record
from shared.campus.geometry import Point, Ring
from shared.campus.model import Building, Hazard, Team, Zone
from shared.campus.names import BHV_PREFIX, CODE, TEAM_ID, Names, bilingual, unique
from shared.campus.vocabulary import Faculty, TeamKind
from shared.phrase import Phrase

FARTHEST_M = 20_000.0


def read_buildings(places: Sequence[Cursor], names: Names) -> tuple[Building, ...]:
    """All buildings in order; codes are unique and their outlines lie near each other."""
    rows = [place.record(("code", "name", "polygon", "meeting_point"), OPTIONAL) for place in places]
    unique((row["code"] for row in rows), "building code")
    buildings = tuple(_building(row, names) for row in rows)
    _check_together(rows, buildings)
    return buildings


OPTIONAL = ("faculty", "on_campus", "hazards", "zones", "buddies")


def _building(row: Record, names: Names) -> Building:
    code = row["code"].matching(CODE, "a building code: capitals A-Z, digits, - and _, such as HORST")
    faculty = row["faculty"]
    building = Building(
        code=code,
        name=bilingual(row["name"]),
        polygon=_ring(row["polygon"]),
        meeting_point=bilingual(row["meeting_point"]),
        faculty=faculty.choice("faculty", Faculty, Faculty.BMS) if faculty else None,
        on_campus=row["on_campus"].boolean(default=True),
        hazards=tuple(_hazard(place) for place in row["hazards"].elements()),
        zones=_zones(row["zones"]),
        buddies=_buddies(row["buddies"], code, names),
    )
    if row.found and building.on_campus and not building.buddies and not row["buddies"]:
        row.place.fail("on campus without a buddy building; add `buddies: [CODE]`")
    return building


def _buddies(place: Cursor, code: str, names: Names) -> tuple[str, ...]:
    elements = place.elements()
    if place and not elements:
        place.fail("no buddy in this list; write `buddies: [CODE]`")
    unique(elements, "buddy")
    for element in elements:
        if names.building(element) == code:
            element.fail(f'"{code}" cannot be its own buddy; name another building')
    return tuple(element.text().upper() for element in elements)


def _hazard(place: Cursor) -> Hazard:
    row = place.record(("room", "text"))
    return Hazard(row["room"].text(), bilingual(row["text"]))


def _zones(place: Cursor) -> tuple[Zone, ...]:
    rows = [element.record(("zone", "text")) for element in place.elements()]
    unique((row["zone"] for row in rows), "zone")
    return tuple(Zone(row["zone"].text(), bilingual(row["text"])) for row in rows)


def _ring(place: Cursor) -> Ring:
    """The outline without a closing point; at least three places."""
    points = tuple(_point(element) for element in place.elements())
    ring = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
    if place and len(set(ring)) < 3:
        place.fail("an outline needs at least 3 different points: [[lon, lat], [lon, lat], [lon, lat]]")
    return ring


def _point(place: Cursor) -> Point:
    numbers = [element.number() for element in place.elements()]
    if len(numbers) != 2:
        place.fail("a point is [lon, lat], longitude first, such as [6.8561, 52.2393]")
        return 0.0, 0.0
    lon, lat = numbers
    if abs(lon) > 180 or abs(lat) > 90:
        place.fail(f"[{lon}, {lat}] is no place on earth; a point is [lon, lat], longitude first")
    return lon, lat


def _check_together(rows: Sequence[Record], buildings: Sequence[Building]) -> None:
    """Buildings on campus lie within 20 km of their middle, which finds a swapped longitude and latitude."""
    campus = [b for b in buildings if b.on_campus and b.polygon]
    if not campus:
        return
    middle = (median(b.polygon[0][0] for b in campus), median(b.polygon[0][1] for b in campus))
    for row, building in zip(rows, buildings, strict=True):
        away = geometry.distance(middle, building.polygon[0]) if building in campus else 0.0
        if away > FARTHEST_M:
            row["polygon"].fail(
                f"lies {away / 1000:.0f} km from the other buildings; "
                "write points as [lon, lat], longitude first, or set `on_campus: false`"
            )


def read_teams(places: Sequence[Cursor], buildings: Sequence[Building]) -> tuple[Team, ...]:
    """The BHV team that every building has, in their order, then the named teams."""
    rows = [place.record(("id", "kind", "name")) for place in places]
    unique((row["id"] for row in rows), "team")
    return (*(_bhv(building) for building in buildings), *(_team(row) for row in rows))


def _bhv(building: Building) -> Team:
    name = Phrase(f"BHV {building.name.nl}", f"Emergency response {building.name.en}")
    return Team(BHV_PREFIX + building.code.lower(), TeamKind.BHV, name, building.code)


def _team(row: Record) -> Team:
    team_id = row["id"].matching(TEAM_ID, "a team id: small letters, digits, - and _, such as security")
    if team_id in {"bhv", "buddy", "buddies"}:
        row["id"].fail(f'"{team_id}" has a meaning of its own in a plan; choose another id')
    if team_id.startswith(BHV_PREFIX):
        row["id"].fail(f'"{team_id}" exists by itself when the building exists; remove this team')
    return Team(team_id, row["kind"].choice("kind of team", TeamKind, TeamKind.FACILITY), bilingual(row["name"]))
