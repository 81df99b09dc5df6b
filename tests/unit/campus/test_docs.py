"""What the documents show is true: their examples load, their message is printed, their tables are whole."""

import re
from pathlib import Path

import pytest

from shared.campus import CampusError, load, parse, parse_people
from shared.campus.advice import advise
from shared.words import Function, Kind

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "deploy" / "campus"
FILE_GUIDE = (ROOT / "docs" / "campus-file.md").read_text(encoding="utf-8")
PLAN_GUIDE = (ROOT / "docs" / "plans.md").read_text(encoding="utf-8")


def fenced(document: str) -> str:
    """The one YAML example of a document."""
    [example] = re.findall(r"^```yaml\n(.*?)^```$", document, flags=re.MULTILINE | re.DOTALL)
    return str(example)


def test_the_example_of_the_campus_file_loads_with_its_people() -> None:
    files = {"example.yaml": fenced(FILE_GUIDE)}
    campus = parse(files)
    assert [plan.id for plan in campus.plans] == ["fire", "medical", "psychological"]
    assert campus.sources[0].silent_after_s == 120
    [person] = parse_people(files, campus)
    assert person.building == "HORST"
    assert "psychological" not in " ".join(advise(campus, ()))


def test_the_message_shown_is_the_message_printed() -> None:
    line = next(line for line in FILE_GUIDE.splitlines() if line.startswith("example.yaml:"))
    with pytest.raises(CampusError) as caught:
        parse({"example.yaml": fenced(FILE_GUIDE).replace("[CARRE]", "[CARE]")})
    assert str(caught.value) == line


def test_the_example_of_plans_loads_beside_the_buildings_and_teams_of_the_example_campus() -> None:
    files = {name: (EXAMPLE / name).read_text(encoding="utf-8") for name in ("ut.yaml", "buildings.yaml")}
    campus = parse({**files, "plans.md": fenced(PLAN_GUIDE)})
    assert [plan.id for plan in campus.plans] == ["threat", "security", "door-after-hours", "fire"]


def test_every_kind_has_a_plan_in_the_example_or_is_said_to_page_nobody() -> None:
    planned = {kind for plan in load(EXAMPLE).plans for kind in plan.kinds}
    silent = PLAN_GUIDE[PLAN_GUIDE.index("These page nobody, on purpose:") :]
    assert {kind for kind in Kind if kind not in planned} == {Kind.FIRE_RESTORED, Kind.NEAR_MISS}
    assert all(f"`{kind}`" in silent for kind in Kind if kind not in planned)


@pytest.mark.parametrize("function", Function)
def test_every_function_is_explained(function: Function) -> None:
    assert f"`{function}`" in FILE_GUIDE
    assert f"`{function}`" in PLAN_GUIDE
