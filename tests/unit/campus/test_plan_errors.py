"""Each mistake in a plan is told with file, line, place and remedy."""

import pytest

from tests.unit.campus.small import SMALL, campus, errors, spoilt

TEAMS = "known: bhv, buddy, buddies, security, bhv-horst, bhv-carre"
# One case a line reads best, however long.
# ruff: noqa: E501
CASES = [
    ("teams: [bhv]", "teams: [bhv-care]", f'24: plans[0].steps[0].teams[0]: unknown team "bhv-care"; {TEAMS}; did you mean "bhv-carre"?'),
    ("teams: [bhv]", "teams: [horst]", '24: plans[0].steps[0].teams[0]: "horst" is a building; its team is "bhv-horst"'),
    ("teams: [bhv]", "teams: []", "24: plans[0].steps[0].teams: a step without teams pages nobody; write `teams: [bhv]`"),
    ("teams: [bhv]", "teams: [bhv, bhv]", '24: plans[0].steps[0].teams[1]: team "bhv" is already used at campus.yaml:24; choose another'),
    ("for: 45s", "for: 45", '24: plans[0].steps[0].for: "45" is not a duration such as 45s, 2m or 1h'),
    ("for: 45s", "for: 0s", "24: plans[0].steps[0].for: a duration is at least 1s"),
    (", for: 45s", "", '24: plans[0].steps[0]: "for" is missing; add `for:`'),
    ("needed: {total: 3, lead: 1}", "needed: {total: 0}", "22: plans[0].needed.total: 0 is too small; write at least 1"),
    ("needed: {total: 3, lead: 1}", "needed: {total: some}", '22: plans[0].needed.total: "some" is not a whole number of at least 1'),
    ("needed: {total: 3, lead: 1}", "needed: {lead: 1}", '22: plans[0].needed: "total" is missing; add `total:`'),
    ("needed: {total: 3, lead: 1}", "needed: {total: 1, lead: 2}", "22: plans[0].needed.lead: 2 x lead are more than the 1 needed in total; raise the total"),
    ("needed: {total: 3, lead: 1}", "needed: {total: 3, leed: 1}", '22: plans[0].needed.leed: unknown key "leed"; known: total, lead, first_aid, aed, breathing_air; did you mean "lead"?'),
    ("kinds: [fire.alarm]", "kinds: [fire.alarms]", '21: plans[0].kinds[0]: unknown kind "fire.alarms"'),
    ("kinds: [fire.alarm]", "kinds: []", "21: plans[0].kinds: a plan without kinds never holds; write `kinds: [fire.alarm]`"),
    ("needed: {total", "min_severity: bad\n    needed: {total", '22: plans[0].min_severity: unknown severity "bad"; known: extreme, severe, moderate, minor, unknown'),
    ("needed: {total", "hours: {from: 18:00}\n    needed: {total", '22: plans[0].hours: "from" and "to" belong together'),
    ("needed: {total", "hours: {from: 18:00, to: 18:00}\n    needed: {total", '22: plans[0].hours.to: "from" and "to" are the same; leave both out for the whole day'),
    ("needed: {total", "hours: {from: 25:00, to: 18:00}\n    needed: {total", '22: plans[0].hours.from: "25:00" is not a time such as 07:30 or 18:00'),
    ("needed: {total", "hours: {days: [zat]}\n    needed: {total", '22: plans[0].hours.days[0]: unknown day "zat"; known: mon, tue, wed, thu, fri, sat, sun; did you mean "sat"?'),
    ("needed: {total", "hours: []\n    needed: {total", "22: plans[0].hours: no window; write `hours: {days: [mon], from: 08:00, to: 18:00}`"),
]  # fmt: skip

STEPS = SMALL[SMALL.index("    steps:\n") : SMALL.index("people:\n")]


@pytest.mark.parametrize(("old", "new", "message"), CASES, ids=[case[2][:60] for case in CASES])
def test_a_mistake_names_line_place_and_remedy(old: str, new: str, message: str) -> None:
    assert any(line.startswith(f"campus.yaml:{message}") for line in errors(spoilt(old, new))), errors(spoilt(old, new))


def test_a_plan_without_steps_is_refused() -> None:
    assert errors(spoilt(STEPS, "    steps: []\n")) == [
        "campus.yaml:23: plans[0].steps: a plan without steps pages nobody; add `- {teams: [bhv], for: 45s}`"
    ]


def second(lines: str, first: str = "") -> str:
    """The small campus with keys added to its plan, and a second plan for fire."""
    text = spoilt("    needed: {total", f"{first}    needed: {{total")
    steps = "    needed: {total: 1}\n    steps: [{teams: [security], for: 1m}]\n"
    plan = f"  - id: later\n    name: Later\n{lines}{steps}"
    return text.replace("people:\n", f"{plan}people:\n")


@pytest.mark.parametrize(
    ("later", "first"),
    [
        ("    kinds: [fire.alarm]\n", ""),
        ("    kinds: [fire.alarm]\n    min_severity: severe\n", "    min_severity: moderate\n"),
        ("    kinds: [fire.alarm]\n    hours: {days: [sat]}\n", "    hours: {days: [sat, sun]}\n"),
        ("    kinds: [fire.alarm]\n    hours: {from: 20:00, to: 06:00}\n", "    hours: {from: 18:00, to: 07:00}\n"),
        ("    kinds: [fire.alarm]\n", "    hours: [{from: 07:00, to: 18:00}, {from: 18:00, to: 07:00}]\n"),
    ],
)
def test_a_plan_that_can_never_be_chosen_is_refused(later: str, first: str) -> None:
    [problem] = errors(second(later, first))
    assert 'plan "later" can never be chosen: plan "fire" before it already take' in problem
    assert "move it up or narrow those" in problem


@pytest.mark.parametrize(
    ("later", "first"),
    [
        ("    kinds: [fire.alarm, medical]\n", ""),
        ("    kinds: [fire.alarm]\n", "    min_severity: minor\n"),
        ("    kinds: [fire.alarm]\n", "    hours: {days: [mon, tue, wed, thu, fri, sat]}\n"),
        ("    kinds: [fire.alarm]\n    hours: {from: 06:59, to: 07:01}\n", "    hours: {from: 18:00, to: 07:00}\n"),
    ],
)
def test_a_plan_that_is_left_something_is_accepted(later: str, first: str) -> None:
    assert [plan.id for plan in campus(second(later, first)).plans] == ["fire", "later"]


def test_two_plans_of_one_name_are_refused() -> None:
    [problem] = errors(second("    kinds: [medical]\n").replace("id: later", "id: fire"))
    assert problem.endswith('plan "fire" is already used at campus.yaml:19; choose another')
