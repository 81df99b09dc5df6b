"""What opens the doors of a run: made once, kept in the state folder with mode 0600, the same at the next start."""

import json
import os
import secrets
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared import auth
from shared.campus import Person
from shared.words import Language, Role

SOURCES = ("fire", "access", "traffic", "general", "alertmanager")
NAMES = {
    Role.OPERATOR: ("Olga Meldkamer", Language.NL),
    Role.TEAM_LEAD: ("Teun Ploegleider", Language.NL),
    Role.FACILITY_MANAGER: ("Freya Beheer", Language.NL),
    Role.DIRECTOR: ("Dana Director", Language.EN),
    Role.ADVISER: ("Vera Vertrouwen", Language.NL),
    Role.AUDITOR: ("Arun Auditor", Language.EN),
    Role.ADMIN: ("Ada Admin", Language.EN),
}


@dataclass(frozen=True)
class Access:
    """The secrets of one run."""

    admin_token: str
    secret: str
    source_keys: dict[str, str]
    passwords: dict[str, str]

    def document(self, base_url: str) -> dict[str, object]:
        """The content of access.json, which scripts read."""
        accounts = [{"username": name, "password": word, "role": name} for name, word in self.passwords.items()]
        return {
            "base_url": base_url,
            "admin_token": self.admin_token,
            "source_keys": self.source_keys,
            "accounts": accounts,
        }


def load_or_make(state: Path) -> Access:
    """The secrets of this state folder. A demo account is named after its role."""
    file = state / "secrets.json"
    if not file.exists():
        made = Access(
            admin_token=secrets.token_urlsafe(32),
            secret=secrets.token_urlsafe(32),
            source_keys={source: secrets.token_urlsafe(32) for source in SOURCES},
            passwords={role.value: secrets.token_urlsafe(9) for role in Role},
        )
        write_private(file, made.__dict__)
    return Access(**json.loads(file.read_text()))


def write_accounts(file: Path, passwords: dict[str, str], people: Sequence[Person]) -> None:
    """The accounts file that the services read; the responder is the first member of the campus's people."""
    member = people[0] if people else None
    named = dict(NAMES)
    named[Role.RESPONDER] = (member.name, member.language) if member else ("Rik Responder", Language.NL)
    hashes = _hashes(file)
    rows = [
        {
            "username": username,
            "password_hash": hashes.get(username) or auth.hash_password(password),
            "role": username,
            "member_id": member.member_id if member and username == Role.RESPONDER else None,
            "name": named[Role(username)][0],
            "language": named[Role(username)][1],
        }
        for username, password in passwords.items()
    ]
    write_private(file, rows)


def _hashes(file: Path) -> dict[str, str]:
    """Those of the last start: the passwords are the same, and argon2id is slow on purpose."""
    rows = json.loads(file.read_text()) if file.exists() else []
    return {row["username"]: row["password_hash"] for row in rows}


def write_private(file: Path, content: object) -> None:
    """Write JSON that is never readable by others and never half there."""
    _write(file, json.dumps(content, indent=2))


def write_environment(file: Path, variables: Mapping[str, str]) -> None:
    """What `. env` gives a shell, so that the command line reaches the parts of this run."""
    _write(file, "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()))


def _write(file: Path, text: str) -> None:
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    draft.replace(file)
