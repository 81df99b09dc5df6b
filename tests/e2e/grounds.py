"""A campus made for stories: many small houses, each with two buddies of its own, and plans whose steps are short."""

from typing import Any

import yaml

HOUSES = 90
STEP_S = 2
NORTH, SOUTH = "N", "S"


def house(number: int) -> str:
    """The code of a house."""
    return f"B{number:02}"


def campus_file() -> str:
    """The campus file: houses, teams, plans. A story takes a house that no other story has used."""
    return yaml.safe_dump(
        {
            "campus": {"name": "Stories", "timezone": "Europe/Amsterdam", "emergency_number": "112", "language": "en"},
            "buildings": [building for number in range(1, HOUSES + 1) for building in three_houses(number)],
            "teams": [
                {"id": "security", "kind": "security", "name": "Security"},
                {"id": "facility", "kind": "facility", "name": "Facility"},
                {"id": "interventiegroep", "kind": "intervention", "name": "Interventiegroep"},
                {"id": "coordinator", "kind": "crisis", "name": "Crisis coordinator"},
            ],
            "plans": [
                plan("fire", ["fire.alarm", "sprinkler.flow", "evacuation.started"], {"total": 3, "lead": 1}, [
                    (["bhv"], STEP_S), (["buddy"], STEP_S),
                    (["buddies", "security"], STEP_S), (["coordinator"], STEP_S),
                ]),
                plan("medical", ["medical"], {"total": 2, "first_aid": 1}, [
                    (["bhv"], STEP_S), (["buddy"], STEP_S), (["security"], STEP_S),
                ]),
                plan("psychological", ["psychological"], {"total": 1}, [(["interventiegroep"], 600)]),
                plan("door", ["access.forced"], {"total": 1}, [(["security"], 600)]),
                plan("traffic", ["traffic.accident"], {"total": 1}, [(["security"], 600)]),
                # Time enough for processes to die and come back.
                plan("power", ["power"], {"total": 1}, [(["facility"], 3600)]),
                plan("gas", ["gas"], {"total": 3}, [(["bhv"], 3600)]),
            ],
        },
        allow_unicode=True,
        sort_keys=False,
    )  # fmt: skip


def three_houses(number: int) -> list[dict[str, Any]]:
    """A house and its two buddies, as the campus file has them; each is a buddy of the other two."""
    home = house(number)
    north, south = home + NORTH, home + SOUTH
    rings = {home: [north, south], north: [south, home], south: [home, north]}
    return [
        {
            "code": code,
            "name": f"House {code}",
            "polygon": _square(number, place),
            "meeting_point": f"In front of {code}",
            "buddies": buddies,
        }
        for place, (code, buddies) in enumerate(rings.items())
    ]


def _square(number: int, place: int) -> list[list[float]]:
    """Outlines that do not touch, all within a few kilometres."""
    lon, lat = 6.80 + 0.001 * number, 52.20 + 0.001 * place
    return [[lon, lat], [lon + 0.0005, lat], [lon + 0.0005, lat + 0.0005], [lon, lat + 0.0005]]


def plan(name: str, kinds: list[str], needed: dict[str, int], steps: list[tuple[list[str], int]]) -> dict[str, Any]:
    """A plan as the campus file has it; a step is its teams and how many seconds they have."""
    return {
        "id": name,
        "name": name.capitalize(),
        "kinds": kinds,
        "needed": needed,
        "steps": [{"teams": teams, "for": f"{seconds}s"} for teams, seconds in steps],
    }
