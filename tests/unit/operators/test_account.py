"""Accounts that an operator makes are those that the services log in."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from deploy.cli import main
from shared.auth import Auth
from shared.settings import Common

PASSWORD = "a long enough one"


def account(file: Path, *words: str, password: str = PASSWORD) -> Result:
    """`meldkamer account`, the password typed twice."""
    typed = f"{password}\n{password}\n"
    return CliRunner().invoke(main.build(), ["account", *words, "--file", str(file)], input=typed)


def logs_in(file: Path, username: str, password: str) -> bool:
    """Whether a service lets this person in."""
    settings = Common(meldkamer_accounts=file, meldkamer_secret=SecretStr("of this test, long enough to sign"))
    return Auth(settings).log_in(username, password) is not None


def test_who_was_added_can_log_in_and_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    told = account(file, "olga", "--role", "operator")
    assert told.exit_code == 0, told.output
    assert logs_in(file, "olga", PASSWORD)
    assert not logs_in(file, "olga", "another one")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_second_account_leaves_the_first_and_the_same_name_replaces(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    account(file, "olga", "--role", "operator")
    account(file, "rik", "--role", "responder", "--member", "m123")
    account(file, "olga", "--role", "admin", password="quite another one")
    assert logs_in(file, "rik", PASSWORD)
    assert logs_in(file, "olga", "quite another one")
    assert not logs_in(file, "olga", PASSWORD)


@pytest.mark.parametrize(
    ("content", "password", "said"),
    [("[]", "short", "a password has 12 letters or more"), ("{", PASSWORD, "accounts.json is not JSON")],
)
def test_a_mistake_is_told_and_leaves_the_file_alone(tmp_path: Path, content: str, password: str, said: str) -> None:
    file = tmp_path / "accounts.json"
    file.write_text(content)
    told = account(file, "olga", "--role", "operator", password=password)
    assert told.exit_code == 1
    assert said in told.stderr
    assert file.read_text() == content
