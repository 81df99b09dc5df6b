"""What a run prints when it is ready."""

import shlex

import pytest

from deploy.embedded import up
from deploy.embedded.access import SOURCES, Access
from deploy.embedded.console import Progress
from deploy.embedded.settings import RunSettings
from shared.words import Role


@pytest.mark.parametrize("state", [".meldkamer", "/my files/it's"])
def test_the_line_for_the_command_line_can_be_typed_as_it_is(
    state: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MELDKAMER_STATE", state)
    up._welcome(RunSettings(), Access("admin", "s" * 32, {"fire": "k"}, {"operator": "p"}), Progress())
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("for the command line")]
    assert shlex.split(line.removeprefix("for the command line")) == [".", f"{state}/env"]


def test_it_names_each_demo_account_with_its_password_and_each_source_key_with_its_scope_also_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    passwords = {role.value: f"password-of-{role.value}" for role in Role}
    keys = {scope: f"{scope}-key-".ljust(43, "x") for scope in SOURCES}
    up._welcome(RunSettings(), Access("admin", "s" * 32, keys, passwords), Progress())
    rows = [tuple(line.split()) for line in capsys.readouterr().out.splitlines()]
    accounts, sources = rows.index(("user", "name", "password")) + 1, rows.index(("scope", "key")) + 1
    assert rows[accounts : accounts + len(passwords)] == list(passwords.items())
    assert rows[sources : sources + len(keys)] == list(keys.items())
