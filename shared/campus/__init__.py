"""The campus file: buildings, buddies, teams, plans, sources and people, with line-numbered errors."""

from shared.campus.model import (
    Building,
    Campus,
    Channel,
    Hazard,
    Hours,
    Person,
    Plan,
    Source,
    Step,
    Team,
    Zone,
)
from shared.campus.people import load_people, parse_people
from shared.campus.problems import CampusError, Problem
from shared.campus.read import load, parse
from shared.campus.vocabulary import ChannelKind, Day, Faculty, Scope, TeamKind, TeamWord

__all__ = [
    "Building",
    "Campus",
    "CampusError",
    "Channel",
    "ChannelKind",
    "Day",
    "Faculty",
    "Hazard",
    "Hours",
    "Person",
    "Plan",
    "Problem",
    "Scope",
    "Source",
    "Step",
    "Team",
    "TeamKind",
    "TeamWord",
    "Zone",
    "load",
    "load_people",
    "parse",
    "parse_people",
]
