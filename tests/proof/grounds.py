"""The campus of proof runs: its file, and the people who are put over alerting's API before the load.

Steps are short and crews small, so that deadlines, impossible quorums and teams without anybody happen every minute.
Alarms are in the houses alone, never in their buddies: a buddy with an alarm of its own would be passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from shared.words import Kind
from tests.e2e.grounds import NORTH, SOUTH, house, plan, three_houses

HOUSES = 60
STEP_S = 8

# Of each plan: the kinds it holds for, who is needed, the teams of its steps. The last five one person answers.
PLANS: dict[str, tuple[tuple[Kind, ...], dict[str, int], tuple[tuple[str, ...], ...]]] = {
    "fire": (
        (Kind.FIRE_ALARM, Kind.SPRINKLER_FLOW),
        {"total": 3, "lead": 1},
        (("bhv",), ("buddy",), ("buddies", "security"), ("coordinator",)),
    ),
    "medical": ((Kind.MEDICAL,), {"total": 2, "first_aid": 1}, (("bhv",), ("buddy",), ("security",))),
    "door": ((Kind.ACCESS_FORCED,), {"total": 1}, (("desk",), ("security",), ("nobody",))),
    "power": ((Kind.POWER,), {"total": 1}, (("technician",), ("nobody",), ("coordinator",))),
    "traffic": ((Kind.TRAFFIC_ACCIDENT,), {"total": 1}, (("patrol",), ("security",))),
    "cyber": ((Kind.CYBER,), {"total": 1}, (("cert",), ("coordinator",))),
    "psychological": ((Kind.PSYCHOLOGICAL,), {"total": 1}, (("interventiegroep",), ("coordinator",))),
}
# Kind of each team, and how many people it has.
TEAMS = {
    "security": ("security", 2),
    "desk": ("security", 1),
    "patrol": ("security", 1),
    "technician": ("facility", 1),
    "cert": ("cert", 1),
    "interventiegroep": ("intervention", 3),
    "coordinator": ("crisis", 2),
    "nobody": ("facility", 0),
}


@dataclass(frozen=True, slots=True)
class Somebody:
    """A member, and the building he says to be in; `here` is False for who says that he is away."""

    member_id: str
    team: str
    functions: tuple[str, ...]
    building: str | None
    here: bool = True

    def body(self, phones_url: str) -> dict[str, Any]:
        """The member as alerting's API takes it."""
        return {
            "name": self.member_id,
            "language": "nl" if len(self.member_id) % 2 else "en",
            "teams": [self.team],
            "functions": list(self.functions),
            "channels": [{"kind": "webhook", "address": f"{phones_url}/{self.member_id}"}],
        }


def houses() -> list[str]:
    """Where alarms are raised."""
    return [house(number) for number in range(1, HOUSES + 1)]


def campus_file() -> str:
    """The campus file."""
    teams = [{"id": id_, "kind": kind, "name": id_.capitalize()} for id_, (kind, _) in TEAMS.items()]
    plans = [
        plan(id_, [str(kind) for kind in kinds], needed, [(list(names), STEP_S) for names in steps])
        for id_, (kinds, needed, steps) in PLANS.items()
    ]
    return yaml.safe_dump(
        {
            "campus": {"name": "Proof", "timezone": "Europe/Amsterdam", "emergency_number": "112", "language": "en"},
            "buildings": [building for number in range(1, HOUSES + 1) for building in three_houses(number)],
            "teams": teams,
            "plans": plans,
        },
        sort_keys=False,
    )


def people() -> list[Somebody]:
    """Everybody: about 540, most of them BHV members who are where they belong."""
    crews = [somebody for number in range(1, HOUSES + 1) for somebody in _crews(number)]
    teams = [Somebody(f"{id_}-{n}", id_, (), None) for id_, (_, size) in TEAMS.items() for n in range(size)]
    return crews + teams


def _crews(number: int) -> Iterator[Somebody]:
    """Of a house 4 or 5, of its buddies 3 and 2. Some crews lack a lead, are away, or do not exist at all."""
    home = house(number)
    yield from _crew(home, 4 + number % 2, lead=number % 10 != 3, here=number % 12 != 0)
    yield from _crew(home + NORTH, 3, lead=True, here=number % 6 != 5)
    if number % 3 != 0:
        yield from _crew(home + SOUTH, 2, lead=True)


def _crew(code: str, size: int, lead: bool, here: bool = True) -> Iterator[Somebody]:
    """Two who can give first aid, the first of them a lead where there is one; in a house of 5 the last leads too."""
    for n in range(size):
        functions = [*(["first_aid"] if n < 2 else []), *(["lead"] if lead and n in (0, 4) else [])]
        yield Somebody(f"{code.lower()}-{n}", f"bhv-{code.lower()}", tuple(functions), code, here)
