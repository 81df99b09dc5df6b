"""The campus of the benchmarks: buildings full of detectors, crowds of 40 and 1,300, and a plan with a deadline."""

from typing import Any

import yaml

BUILDINGS = 50
DETECTORS = 500
CROWDS = {40: "water", 1300: "hazmat"}  # members and the kind of incident that calls them all
DEADLINE_S = 10
AGES = "3600s"  # no deadline falls within a benchmark that does not ask for one


def building(number: int) -> str:
    """The code of a building."""
    return f"F{number % BUILDINGS:02}"


def campus_file() -> str:
    """Nobody else's campus: what is measured does not change when the example campus does."""
    return yaml.safe_dump(
        {
            "campus": {"name": "Bench", "timezone": "Europe/Amsterdam", "emergency_number": "112", "language": "en"},
            "buildings": [_building(number) for number in range(BUILDINGS)],
            "teams": [
                _team("facility"), _team("first"), _team("second"),
                *(_team(crowd(size)) for size in CROWDS),
            ],
            "plans": [
                _plan("fire", "fire.alarm", [("bhv", AGES)]),
                _plan("power", "power", [("facility", AGES)]),
                _plan("gas", "gas", [("first", f"{DEADLINE_S}s"), ("second", AGES)]),
                *(_plan(crowd(size), kind, [(crowd(size), AGES)]) for size, kind in CROWDS.items()),
            ],
        },
        sort_keys=False,
    )  # fmt: skip


def crowd(size: int) -> str:
    """The team of so many members."""
    return f"crowd-{size}"


def _building(number: int) -> dict[str, Any]:
    lon, lat = 6.80 + 0.001 * number, 52.20
    return {
        "code": building(number),
        "name": f"Factory {number}",
        "polygon": [[lon, lat], [lon + 0.0005, lat], [lon + 0.0005, lat + 0.0005], [lon, lat + 0.0005]],
        "meeting_point": "At the gate",
        "buddies": [building(number + 1)],
    }


def _team(name: str) -> dict[str, str]:
    return {"id": name, "kind": "facility", "name": name.capitalize()}


def _plan(name: str, kind: str, steps: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": name,
        "name": name.capitalize(),
        "kinds": [kind],
        "needed": {"total": 1},
        "steps": [{"teams": [team], "for": seconds} for team, seconds in steps],
    }
