"""A source is named so that a key can be made for it: `campus check` and `meldkamer keys create` have one rule."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.campus import app
from services.intake import keys
from shared.campus.people import SOURCE_NAME
from tests.unit.campus.small import spoilt


def with_source(name: str) -> str:
    """The small campus with one source more."""
    return spoilt("teams:\n", f"sources:\n  - {{name: {name}, system: ESPA, scope: fire, text: x}}\nteams:\n")


@pytest.mark.parametrize("name", ["Ascom_1", "ascom.1", "ascom_1", "ASCOM", "a" * 64])
def test_a_name_that_no_key_can_be_made_for_is_a_mistake(tmp_path: Path, name: str) -> None:
    file = tmp_path / "campus.yaml"
    file.write_text(with_source(name), encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(file)])
    assert result.exit_code == 1, result.output
    assert result.stderr == (
        f'{file}:17: sources[0].name: no key can be made for "{name}"; '
        "write small letters, digits and hyphens, 63 at most, such as ascom-1\n"
    )


@pytest.mark.parametrize("name", ["ascom-1", "1", "a" * 63])
def test_a_name_that_a_key_can_be_made_for_is_right(tmp_path: Path, name: str) -> None:
    file = tmp_path / "campus.yaml"
    file.write_text(with_source(name), encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(file)])
    assert result.exit_code == 0, result.output


def test_a_name_that_is_none_at_all_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "campus.yaml"
    file.write_text(with_source("Ascom 1"), encoding="utf-8")
    (told,) = CliRunner().invoke(app, ["check", str(file)]).stderr.splitlines()
    assert '"Ascom 1" is not a source name' in told


def test_the_rule_is_that_of_the_keys() -> None:
    assert keys._NAME.pattern == SOURCE_NAME
