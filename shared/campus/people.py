"""Reads the people of a campus: members with their teams, functions, channels and where they are to begin with."""

from collections.abc import Mapping
from pathlib import Path

from shared.campus.cursor import Cursor, Record
from shared.campus.model import Campus, Channel, Person
from shared.campus.names import ID, Names, unique
from shared.campus.problems import CampusError, Problem
from shared.campus.read import files_at, read_roots, rows_of
from shared.campus.vocabulary import ChannelKind
from shared.words import Function, Language


def load_people(path: Path, campus: Campus | None = None) -> tuple[Person, ...]:
    """The `people:` of a file or of all *.yaml of a folder; none is an empty tuple. Raises CampusError.

    With a campus, teams and buildings must exist there; without, only the form is checked.
    """
    return parse_people(files_at(path), campus)


def parse_people(files: Mapping[str, str], campus: Campus | None = None) -> tuple[Person, ...]:
    """The people in texts by file name. Raises CampusError with every mistake, each with file and line."""
    problems: list[Problem] = []
    names = None if campus is None else Names(tuple(b.code for b in campus.buildings), _named(campus))
    places = rows_of(read_roots(files, problems), "people")
    rows = [place.record(("member_id", "name", "language", "teams", "channels"), OPTIONAL) for place in places]
    unique((row["member_id"] for row in rows), "member")
    people = tuple(_person(row, names) for row in rows)
    if problems:
        raise CampusError(problems)
    return people


OPTIONAL = ("functions", "building")


def _named(campus: Campus) -> tuple[str, ...]:
    return tuple(team.team_id for team in campus.teams if team.building is None)


def _person(row: Record, names: Names | None) -> Person:
    return Person(
        member_id=row["member_id"].matching(ID, "a member id: letters, digits, - . and _"),
        name=row["name"].text(),
        language=row["language"].choice("language", Language, Language.NL),
        teams=_teams(row["teams"], names),
        functions=tuple(f.choice("function", Function, Function.LEAD) for f in row["functions"].elements()),
        channels=_channels(row["channels"]),
        building=_building(row["building"], names) if row["building"] else None,
    )


def _building(place: Cursor, names: Names | None) -> str:
    return place.text().upper() if names is None else names.building(place)


def _teams(place: Cursor, names: Names | None) -> tuple[str, ...]:
    elements = place.elements()
    if place and not elements:
        place.fail("a member of no team is never paged; write `teams: [bhv-horst]`")
    unique(elements, "team")
    return tuple(team.text() if names is None else names.team(team) for team in elements)


def _channels(place: Cursor) -> tuple[Channel, ...]:
    elements = place.elements()
    if place and not elements:
        place.fail("a member without a channel cannot be paged; add `- {kind: tablet, address: ...}`")
    rows = [element.record(("kind", "address")) for element in elements]
    return tuple(
        Channel(row["kind"].choice("channel", ChannelKind, ChannelKind.CONSOLE), row["address"].text()) for row in rows
    )
