"""Reads the people of a campus: members with their teams, functions, channels and where they are to begin with.

Everybody read here is taken by alerting's API, which keeps him: its limits are NAME_LENGTH and the following.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from yarl import URL

from shared.campus.cursor import Cursor, Record
from shared.campus.model import Campus, Channel, Person
from shared.campus.names import ID, Names, unique
from shared.campus.problems import CampusError, Problem
from shared.campus.read import files_at, read_roots, rows_of
from shared.campus.vocabulary import ChannelKind
from shared.words import Function, Language

NAME_LENGTH, ADDRESS_LENGTH = 200, 2000
MOST_TEAMS, MOST_CHANNELS = 50, 10
SOURCE_NAME = r"[a-z0-9][a-z0-9-]{0,62}"  # what `meldkamer keys create` takes


def load_people(path: Path, campus: Campus | None = None) -> tuple[Person, ...]:
    """The `people:` of a file or of all *.yaml of a folder; none is an empty tuple. Raises CampusError.

    With a campus, teams and buildings must exist there; without, only the form is checked.
    """
    return parse_people(files_at(path), campus)


def parse_people(files: Mapping[str, str], campus: Campus | None = None) -> tuple[Person, ...]:
    """The people in texts by file name. Raises CampusError with every mistake, each with file and line."""
    problems: list[Problem] = []
    names = None if campus is None else Names(tuple(b.code for b in campus.buildings), _named(campus))
    roots = read_roots(files, problems)
    _check_sources(rows_of(roots, "sources"), problems)
    places = rows_of(roots, "people")
    rows = [place.record(("member_id", "name", "language", "teams", "channels"), OPTIONAL) for place in places]
    unique((row["member_id"] for row in rows), "member")
    people = tuple(_person(row, names) for row in rows)
    if problems:
        raise CampusError(problems)
    return people


def _check_sources(places: Sequence[Cursor], problems: list[Problem]) -> None:
    """Here, not where sources are read: services need not stay down for a name that is only wrong for keys."""
    for place in places:
        name = Cursor(place.file, place.node, [], place.where).record((), ("name",))["name"]
        text = name.text()
        if re.fullmatch(ID, text) and not re.fullmatch(SOURCE_NAME, text):
            remedy = "write small letters, digits and hyphens, 63 at most, such as ascom-1"
            problems.append(Problem(name.file, name.line, name.where, f'no key can be made for "{text}"; {remedy}'))


OPTIONAL = ("functions", "building")


def _named(campus: Campus) -> tuple[str, ...]:
    return tuple(team.team_id for team in campus.teams if team.building is None)


def _person(row: Record, names: Names | None) -> Person:
    return Person(
        member_id=row["member_id"].matching(ID, "a member id: letters, digits, - . and _"),
        name=_text(row["name"], NAME_LENGTH),
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
    _limit(place, elements, "teams", MOST_TEAMS)
    unique(elements, "team")
    return tuple(team.text() if names is None else names.team(team) for team in elements)


def _channels(place: Cursor) -> tuple[Channel, ...]:
    elements = place.elements()
    if place and not elements:
        place.fail("a member without a channel cannot be paged; add `- {kind: tablet, address: ...}`")
    _limit(place, elements, "channels", MOST_CHANNELS)
    return tuple(_channel(element.record(("kind", "address"))) for element in elements)


def _channel(row: Record) -> Channel:
    kind = row["kind"].choice("channel", ChannelKind, ChannelKind.CONSOLE)
    address = _text(row["address"], ADDRESS_LENGTH)
    if address and kind is ChannelKind.WEBHOOK and not is_webhook(address):
        example = "such as https://pager.example.org/fenna"
        row["address"].fail(f'"{address}" is no webhook; write http:// or https:// and a host, {example}')
    return Channel(kind, address)


def is_webhook(address: str) -> bool:
    """Whether alerting can call this address. Where it leads is not looked at: a setting of alerting's decides."""
    try:
        url = URL(address)
        return url.scheme in {"http", "https"} and bool(url.host)
    except ValueError:
        return False


def _limit(place: Cursor, elements: Sequence[Cursor], what: str, most: int) -> None:
    if len(elements) > most:
        place.fail(f"{len(elements)} {what}; a member has {most} at most")


def _text(place: Cursor, most: int) -> str:
    text = place.text()
    if len(text) > most:
        place.fail(f"{len(text)} characters; write {most} at most")
    if "\0" in text:
        place.fail("a NUL character, which no database keeps; remove it")
    return text
