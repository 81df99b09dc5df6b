"""The smallest campus that can be read, and how tests spoil it."""

import pytest

from shared.campus import Campus, CampusError, Person, parse, parse_people

FILE = "campus.yaml"
SMALL = """\
campus:
  name: {nl: Voorbeeld, en: Example}
  timezone: Europe/Amsterdam
  emergency_number: 053-489 2222
buildings:
  - code: HORST
    name: {nl: Horst, en: Horst}
    polygon: [[6.858, 52.236], [6.862, 52.236], [6.862, 52.238]]
    meeting_point: {nl: Parkeerterrein, en: Car park}
    buddies: [CARRE]
  - code: CARRE
    name: Carré
    polygon: [[6.856, 52.239], [6.858, 52.239], [6.858, 52.240]]
    meeting_point: Grasveld
    buddies: [HORST]
teams:
  - {id: security, kind: security, name: Beveiliging}
plans:
  - id: fire
    name: Brand
    kinds: [fire.alarm]
    needed: {total: 3, lead: 1}
    steps:
      - {teams: [bhv], for: 45s}
      - {teams: [buddies, security], for: 2m}
people:
  - {member_id: a, name: A, language: nl, teams: [security], channels: [{kind: tablet, address: t1}]}
"""


def spoilt(old: str, new: str) -> str:
    """The small campus with its one piece of text `old` replaced."""
    assert SMALL.count(old) == 1, f"{old!r} must stand in the small campus exactly once"
    return SMALL.replace(old, new)


def campus(text: str = SMALL) -> Campus:
    """The campus in a text."""
    return parse({FILE: text})


def errors(text: str) -> list[str]:
    """What is wrong with a text, line by line."""
    with pytest.raises(CampusError) as caught:
        parse({FILE: text})
    return str(caught.value).splitlines()


def people(text: str) -> tuple[Person, ...]:
    """The people in a text, looked up in the small campus."""
    return parse_people({FILE: text}, campus())


def people_errors(text: str) -> list[str]:
    """What is wrong with the people of a text, line by line."""
    with pytest.raises(CampusError) as caught:
        people(text)
    return str(caught.value).splitlines()
