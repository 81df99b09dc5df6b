"""What happens in the demonstration: one row an event, as its source would send it, and who comes to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Act:
    """An event. `says` has `{building}` for its name, `only` is `Cast.only`, `restores`: the source says it is over."""

    says: str
    path: str
    scope: str
    body: Mapping[str, JsonValue]
    building: str | None = None
    closing: str = ""
    only: Mapping[str, int] = field(default_factory=dict)
    restores: bool = False


def fire(building: str, device: str, zone: str, room: str, closing: str, short_handed: bool) -> Act:
    """A smoke detector; a short-handed building has one BHV member who comes, so that its buddy is paged."""
    body: dict[str, JsonValue] = {"device": device, "event": "alarm", "zone": zone, "floor": "1", "room": room}
    only = {f"bhv-{building.lower()}": 1} if short_handed else {}
    return Act(f"smoke {device} in {{building}}", "fire-alarms", "fire", body, building, closing, only, restores=True)


def door(building: str, name: str, event: str, says: str, closing: str = "") -> Act:
    """Access control says something of a door."""
    body: dict[str, JsonValue] = {"door": name, "event": event, "badge": "D-2291"}
    return Act(says, "access-events", "access", body, building, closing)


HORST = fire("HORST", "detector 12", "4", "HR-N101", "Steam from the pressure test; lab aired, nobody hurt.", True)
RAVELIJN = fire("RAVELIJN", "detector 208", "1", "RA-1247", "Toast in the pantry of floor 1.", False)
TECHNOHAL = fire("TECHNOHAL", "detector 31", "2", "TL-1118", "Dust of the milling machine; detector cleaned.", True)
FORCED = door("TECHNOHAL", "west side door", "forced", "door forced at the west side of {building}",
              "A lock that did not catch; made safe by security.")  # fmt: skip
DENIED = door("NANOLAB", "clean room 2", "denied", "access denied at the clean room of {building}", "Badge expired.")
HELD = door("CARRE", "bicycle cellar", "held_open", "door held open at {building}", "A wedge under the door, removed.")
ACCIDENT = Act(
    "traffic accident on Drienerlolaan, one person hurt", "traffic-accidents", "traffic",
    {
        "place": {"lat": 52.2408, "lon": 6.8552, "text": "Drienerlolaan, at the crossing with the cycle path"},
        "parties": ["bicycle", "car"],
        "injured": 1,
        "crossing": "cycle path",
        "conditions": {"weather": "rain", "light": "daylight", "surface": "wet"},
        "text": "Cyclist brushed by a car that turned right.",
    },
    closing="Ankle bandaged; police told; the hedge at the crossing is to be cut.",
)  # fmt: skip
FAULT = Act(
    "fault of the fire panel in {building}", "fire-alarms", "fire",
    {"device": "panel 3", "event": "fault", "text": "Loop 2: open circuit"},
    building="CITADEL", closing="Contact in loop 2 cleaned.", restores=True,
)  # fmt: skip
FAINTED = Act(
    "somebody fainted in {building}", "incidents", "general",
    {"kind": "medical", "title": "Somebody fainted", "text": "Conscious again, sits on the floor.",
     "location": {"room": "gym 2"}},
    building="SPORTCENTRUM", closing="Low blood sugar; taken home by a friend.",
)  # fmt: skip
NEAR_MISS = Act(
    "near miss in {building}", "incidents", "general",
    {"kind": "near_miss", "title": "Loose ceiling tile", "text": "It fell beside a table; nobody was there."},
    building="VRIJHOF",
)  # fmt: skip
CHAT = Act("a student opens a chat with the confidential advisers", "chat", "", {}, closing="Ended by the reporter.")

# Act and seconds until the next one. An act goes on while the next begins.
SCENARIOS: Mapping[str, tuple[tuple[Act, float], ...]] = {
    "day": (
        (HORST, 25), (DENIED, 20), (FORCED, 35), (ACCIDENT, 30), (CHAT, 40), (FAULT, 30), (FAINTED, 45),
        (NEAR_MISS, 30), (RAVELIJN, 60), (HELD, 45), (TECHNOHAL, 90),
    ),
    "fire": ((HORST, 120), (RAVELIJN, 90), (TECHNOHAL, 120)),
    "quiet": ((DENIED, 60), (NEAR_MISS, 90), (HELD, 60), (FAULT, 120)),
}  # fmt: skip
USUAL = "day"
NOTHING = "none"
