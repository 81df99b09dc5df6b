"""People are read with the same line-numbered errors."""

import pytest

from services.alerting.api_people import CHANNELS
from shared.campus import Channel, ChannelKind, Person, parse_people
from shared.words import Function, Language
from tests.unit.campus.small import FILE, people, people_errors

MEMBER = """\
people:
  - member_id: fenna
    name: Fenna Roodborst
    language: nl
    teams: [bhv-horst]
    functions: [lead]
    channels: [{kind: tablet, address: t1}]
    building: horst
"""
# One case a line reads best, however long.
# ruff: noqa: E501
CASES = [
    ("[bhv-horst]", "[bhv-host]", '5: people[0].teams[0]: unknown team "bhv-host"; known: security, bhv-horst, bhv-carre; did you mean "bhv-horst"?'),
    ("[bhv-horst]", "[]", "5: people[0].teams: a member of no team is never paged; write `teams: [bhv-horst]`"),
    ("[lead]", "[leader]", '6: people[0].functions[0]: unknown function "leader"; known: lead, first_aid, aed, breathing_air; did you mean "lead"?'),
    ("building: horst", "building: HORTS", '8: people[0].building: unknown building "HORTS"; known: HORST, CARRE; did you mean "HORST"?'),
    ("language: nl", "language: de", '4: people[0].language: unknown language "de"; known: nl, en'),
    ("kind: tablet", "kind: phone", '7: people[0].channels[0].kind: unknown channel "phone"'),
    ("kind: tablet", "kind: sms", '7: people[0].channels[0].kind: unknown channel "sms"; known: tablet, console, webhook'),
    ("[{kind: tablet, address: t1}]", "[]", "7: people[0].channels: a member without a channel cannot be paged"),
    ("    language: nl\n", "", '2: people[0]: "language" is missing; add `language:`'),
    ("member_id: fenna", "member_id: fenna r", '2: people[0].member_id: "fenna r" is not a member id'),
    ("Fenna Roodborst", "F" * 201, "3: people[0].name: 201 characters; write 200 at most"),
    ("Fenna Roodborst", '"F\\0"', "3: people[0].name: a NUL character, which no database keeps; remove it"),
    ("[{kind: tablet, address: t1}]", f"[{', '.join(['{kind: tablet, address: t1}'] * 11)}]", "7: people[0].channels: 11 channels; a member has 10 at most"),
    ("address: t1", f"address: {'t' * 2001}", "7: people[0].channels[0].address: 2001 characters; write 2000 at most"),
    ("kind: tablet, address: t1", "kind: webhook, address: 'mailto:a@b.nl'", '7: people[0].channels[0].address: "mailto:a@b.nl" is no webhook; write http:// or https:// and a host, such as https://pager.example.org/fenna'),
    ("kind: tablet, address: t1", "kind: webhook, address: pager.example.org", '7: people[0].channels[0].address: "pager.example.org" is no webhook'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), CASES, ids=[case[2][:60] for case in CASES])
def test_a_mistake_names_line_place_and_remedy(old: str, new: str, message: str) -> None:
    assert old in MEMBER
    [problem] = people_errors(MEMBER.replace(old, new))
    assert problem.startswith(f"campus.yaml:{message}")


def test_a_member_of_too_many_teams_is_told_how_many_he_may_have() -> None:
    problems = people_errors(MEMBER.replace("[bhv-horst]", f"[{', '.join(['bhv-horst'] * 51)}]"))
    assert problems[0] == "campus.yaml:5: people[0].teams: 51 teams; a member has 50 at most"


def test_a_person_is_read_as_written() -> None:
    assert people(MEMBER) == (
        Person(
            member_id="fenna",
            name="Fenna Roodborst",
            language=Language.NL,
            teams=("bhv-horst",),
            functions=(Function.LEAD,),
            channels=(Channel(ChannelKind.TABLET, "t1"),),
            building="HORST",
        ),
    )


def test_a_person_without_a_building_is_not_here() -> None:
    [person] = people(MEMBER.replace("    building: horst\n", ""))
    assert person.building is None


def test_two_members_of_one_id_are_refused() -> None:
    [problem] = people_errors(MEMBER + MEMBER.removeprefix("people:\n"))
    assert problem == (
        'campus.yaml:9: people[1].member_id: member "fenna" is already used at campus.yaml:2; choose another'
    )


def test_without_a_campus_only_the_form_is_checked() -> None:
    [person] = parse_people({FILE: MEMBER.replace("bhv-horst", "bhv-elsewhere")})
    assert person.teams == ("bhv-elsewhere",)


def test_the_channels_of_the_file_are_those_that_a_member_can_have() -> None:
    assert set(ChannelKind) == set(CHANNELS)


def test_a_campus_without_people_has_none() -> None:
    assert people("") == ()
