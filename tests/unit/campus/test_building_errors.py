"""Each mistake in campus, buildings, teams and sources is told with file, line, place and remedy."""

import pytest

from tests.unit.campus.small import SMALL, errors, spoilt

KNOWN = "known: HORST, CARRE"
# One case a line reads best, however long.
# ruff: noqa: E501
CASES = [
    ("buddies: [CARRE]", "buddies: [CARE]", f'10: buildings[0].buddies[0]: unknown building "CARE"; {KNOWN}; did you mean "CARRE"?'),
    ("buddies: [CARRE]", "buddies: [LUNA]", f'10: buildings[0].buddies[0]: unknown building "LUNA"; {KNOWN}'),
    ("buddies: [CARRE]", "buddies: [horst]", '10: buildings[0].buddies[0]: "HORST" cannot be its own buddy; name another building'),
    ("    buddies: [CARRE]\n", "", "6: buildings[0]: on campus without a buddy building; add `buddies: [CODE]`"),
    ("buddies: [CARRE]", "buddies: []", "10: buildings[0].buddies: no buddy in this list; write `buddies: [CODE]`"),
    ("buddies: [CARRE]", "buddies: CARRE", "10: buildings[0].buddies: expected a list: `[a, b]`, or one `- a` on each line"),
    ("buddies: [CARRE]", "buddies: [CARRE, ~]", "10: buildings[0].buddies[1]: an empty element; write something or remove the line"),
    ("buddies: [CARRE]", "buddys: [CARRE]", '10: buildings[0].buddys: unknown key "buddys"'),
    ("buddies: [CARRE]", "buddies: [CARRE]\n    buddies: [CARRE]", '11: buildings[0].buddies: "buddies" is written twice; keep one of them (the other is on line 10)'),
    ("code: HORST", "code: Horst", '6: buildings[0].code: "Horst" is not a building code: capitals A-Z, digits, - and _, such as HORST'),
    ("code: CARRE", "code: HORST", '11: buildings[1].code: building code "HORST" is already used at campus.yaml:6; choose another'),
    ("  - code: HORST\n    name", "  - name", '6: buildings[0]: "code" is missing; add `code:`'),
    ("name: {nl: Horst, en: Horst}", "name: {nl: Horst}", '7: buildings[0].name: "en" is missing; add `en:`'),
    ("name: {nl: Horst, en: Horst}", "name: ~", '6: buildings[0]: "name" is missing; add `name:`'),
    (", [6.862, 52.238]]", "]", "8: buildings[0].polygon: an outline needs at least 3 different points"),
    ("[6.862, 52.238]]", "[6.858, 52.236]]", "8: buildings[0].polygon: an outline needs at least 3 different points"),
    ("[6.862, 52.238]]", "[6.862]]", "8: buildings[0].polygon[2]: a point is [lon, lat], longitude first"),
    ("[6.862, 52.238]]", "[6.862, 152.238]]", "8: buildings[0].polygon[2]: [6.862, 152.238] is no place on earth"),
    ("[6.862, 52.238]]", "[6.862, north]]", '8: buildings[0].polygon[2][1]: "north" is not a number such as 6.8561'),
    ("buddies: [CARRE]", "buddies: [CARRE]\n    faculty: EEMC", '11: buildings[0].faculty: unknown faculty "EEMC"; known: BMS, EEMCS, ET, TNW, ITC; did you mean "EEMCS"?'),
    ("buddies: [CARRE]", "buddies: [CARRE]\n    on_campus: maybe", '11: buildings[0].on_campus: "maybe" is neither true nor false'),
    ("buddies: [CARRE]", "buddies: [CARRE]\n    hazards: [{room: R1}]", '11: buildings[0].hazards[0]: "text" is missing; add `text:`'),
    ("buddies: [CARRE]", "buddies: [CARRE]\n    zones: [{zone: 1, text: a}, {zone: 1, text: b}]", '11: buildings[0].zones[1].zone: zone "1" is already used at campus.yaml:11; choose another'),
    ("id: security,", "id: bhv,", '17: teams[0].id: "bhv" has a meaning of its own in a plan; choose another id'),
    ("id: security,", "id: bhv-horst,", '17: teams[0].id: "bhv-horst" exists by itself when the building exists; remove this team'),
    ("id: security,", "id: Security,", '17: teams[0].id: "Security" is not a team id: small letters, digits, - and _, such as security'),
    ("kind: security,", "kind: guards,", '17: teams[0].kind: unknown kind of team "guards"'),
    ("Europe/Amsterdam", "Europe/Enschede", '3: campus.timezone: unknown time zone "Europe/Enschede"; write one of the IANA list'),
    ("053-489 2222", "call us", '4: campus.emergency_number: "call us" is not a telephone number'),
    ("  timezone: Europe/Amsterdam\n", "", '2: campus: "timezone" is missing; add `timezone:`'),
    ("people:", "peoples:", '26: peoples: unknown key "peoples"'),
    ("teams:\n", "sources: [{name: a, system: b, scope: fires, text: c}]\nteams:\n", '16: sources[0].scope: unknown scope "fires"'),
    ("teams:\n", "sources: [{name: a, system: b, scope: fire, text: c, silent_after: soon}]\nteams:\n", '16: sources[0].silent_after: "soon" is not a duration such as 45s, 2m or 1h'),
    ("buddies: [CARRE]", "buddies: [CARRE", "11: not readable as YAML: "),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), CASES, ids=[case[2][:60] for case in CASES])
def test_a_mistake_names_line_place_and_remedy(old: str, new: str, message: str) -> None:
    assert any(line.startswith(f"campus.yaml:{message}") for line in errors(spoilt(old, new))), errors(spoilt(old, new))


def test_all_mistakes_come_out_at_once_in_the_order_of_the_file() -> None:
    text = spoilt("buddies: [CARRE]", "buddies: [CARE]").replace("for: 45s", "for: soon").replace("053-", "x")
    assert [int(line.split(":")[1]) for line in errors(text)] == [4, 10, 24]


def test_swapped_longitude_and_latitude_are_found() -> None:
    swapped = spoilt(
        "[[6.858, 52.236], [6.862, 52.236], [6.862, 52.238]]", "[[52.236, 6.858], [52.236, 6.862], [52.238, 6.862]]"
    )
    third = "  - {code: WAAIER, name: W, polygon: [[6.854, 52.239], [6.855, 52.239], [6.855, 52.24]], meeting_point: P, buddies: [CARRE]}\nteams:\n"
    [problem] = errors(swapped.replace("teams:\n", third, 1))
    assert problem.startswith("campus.yaml:8: buildings[0].polygon: lies ")
    assert problem.endswith("write points as [lon, lat], longitude first, or set `on_campus: false`")


def test_an_empty_file_says_what_is_missing() -> None:
    assert [line.split(":", 2)[2].split(";")[0].strip() for line in errors("")] == [
        '"buildings" is missing',
        '"campus" is missing',
        '"plans" is missing',
    ]


def test_two_documents_in_one_file_are_refused() -> None:
    assert errors(f"{SMALL}---\n{SMALL}")[0].startswith(
        "campus.yaml:28: not readable as YAML: but found another document"
    )
