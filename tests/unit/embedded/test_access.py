"""The secrets of a run."""

import json
import stat
import subprocess
from pathlib import Path

from argon2 import PasswordHasher

from deploy.embedded.access import SOURCES, load_or_make, write_accounts, write_environment, write_private
from shared.campus import Person
from shared.words import Language, Role


def test_the_second_start_finds_the_secrets_of_the_first(tmp_path: Path) -> None:
    first = load_or_make(tmp_path)
    assert load_or_make(tmp_path) == first
    assert len(first.secret) >= 32
    assert set(first.source_keys) == set(SOURCES)


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    load_or_make(tmp_path)
    write_private(tmp_path / "access.json", {})
    write_environment(tmp_path / "env", {})
    modes = {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {0o600}


def test_a_shell_that_reads_the_environment_has_it_as_it_is(tmp_path: Path) -> None:
    url = "postgresql://owner:it's a $secret@127.0.0.1/meldkamer"
    write_environment(tmp_path / "env", {"DATABASE_URL": url})
    told = subprocess.run(
        ["sh", "-c", '. "$0"; printenv DATABASE_URL', tmp_path / "env"], capture_output=True, text=True, check=True
    )
    assert told.stdout == url + "\n"


def test_access_json_has_the_shape_that_scripts_read(tmp_path: Path) -> None:
    keys = load_or_make(tmp_path)
    document = keys.document("http://localhost:8080")
    assert set(document) == {"base_url", "admin_token", "source_keys", "accounts"}
    accounts = document["accounts"]
    assert isinstance(accounts, list)
    assert [set(account) for account in accounts] == [{"username", "password", "role"}] * len(Role)


def test_accounts_hold_hashes_and_the_responder_is_a_member(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    eva = Person("eva", "Eva", Language.NL, ("bhv-x",), (), ())
    write_accounts(file, {"responder": "open sesame"}, [eva])
    (row,) = json.loads(file.read_text())
    assert (row["member_id"], row["name"], row["role"]) == ("eva", "Eva", "responder")
    assert PasswordHasher().verify(row["password_hash"], "open sesame")
    write_accounts(file, {"responder": "open sesame"}, [eva])
    assert json.loads(file.read_text()) == [row]
