"""`meldkamer campus check` and the files it reads."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.campus import app
from shared.campus import CampusError, load
from shared.campus.advice import advise
from tests.unit.campus.small import SMALL, campus, people, spoilt

WELL = spoilt("kinds: [fire.alarm]", "kinds: [fire.alarm, sprinkler.flow, evacuation.started, medical, psychological]")


def written(folder: Path, text: str) -> Path:
    """The text as a file of that folder."""
    path = folder / "campus.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_right_file_is_summed_up(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(written(tmp_path, WELL))])
    assert result.exit_code == 0, result.output
    assert "HORST" in result.output
    assert "ok: 2 buildings, 3 teams, 1 plans, 0 sources, 1 people" in result.output
    assert "note: bhv-horst has no member with the function lead" in result.output


def test_a_wrong_file_exits_1_and_prints_file_line_and_message_of_campus_and_people(tmp_path: Path) -> None:
    path = written(tmp_path, spoilt("code: CARRE", "code: Carre").replace("language: nl", "language: de"))
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{path}:11: buildings[1].code: " in result.stderr
    assert f"{path}:27: people[0].language: " in result.stderr


def test_each_mistake_is_printed_once(tmp_path: Path) -> None:
    written(tmp_path, spoilt("people:", "peoples:"))
    lines = CliRunner().invoke(app, ["check", str(tmp_path)]).stderr.splitlines()
    assert len([line for line in lines if "peoples" in line]) == 1


def test_the_files_of_a_folder_are_joined_in_the_order_of_their_names(tmp_path: Path) -> None:
    head, plans = SMALL.split("plans:\n")
    (tmp_path / "2.yaml").write_text(head, encoding="utf-8")
    (tmp_path / "10.yaml").write_text(f"plans:\n{plans}", encoding="utf-8")
    (tmp_path / "readme.txt").write_text("not: [read", encoding="utf-8")
    assert load(tmp_path) == campus()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.yaml", None, "none.yaml:1: cannot be read: No such file"),
        ("a.yaml", b"a: b\nc: \xff", "a.yaml:2: not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CampusError, match=message):
        load(tmp_path / name)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CampusError, match=r"no \*\.yaml in this folder"):
        load(tmp_path)


def test_a_plan_that_needs_a_place_is_worth_a_note() -> None:
    placed = WELL.replace("[buddies, security]", "[buddies]")
    assert advise(campus(placed), ()) == (
        'plan "fire" pages teams of a building only: an incident without a building pages nobody',
    )


def test_a_life_safety_kind_without_a_plan_is_worth_a_note() -> None:
    assert "no plan holds for medical: nobody is paged" in advise(campus(), ())


def test_outlines_that_overlap_are_worth_a_note() -> None:
    moved = WELL.replace("[[6.856, 52.239], [6.858, 52.239]", "[[6.856, 52.239], [6.861, 52.2365]")
    assert advise(campus(moved), ()) == ("the outlines of HORST and CARRE overlap: a place in both counts as HORST",)


def test_a_plan_that_can_never_be_staffed_is_worth_a_note() -> None:
    notes = advise(campus(WELL), people(WELL))
    assert 'plan "fire" can never be staffed in HORST: 3 x total needed, 1 in its teams' in notes
    assert 'plan "fire" can never be staffed in HORST: 1 x lead needed, 0 in its teams' in notes


def test_a_team_of_a_plan_without_members_is_worth_a_note() -> None:
    without = WELL.replace("teams: [security], channels", "teams: [bhv-horst], channels")
    assert "team security is in a plan and has no members" in advise(campus(without), people(without))
