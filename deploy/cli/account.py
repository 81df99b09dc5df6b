"""`meldkamer account`: local accounts in the file that MELDKAMER_ACCOUNTS names."""

import json
from pathlib import Path
from typing import Annotated

import typer

from deploy.embedded.access import write_private
from deploy.failure import told
from shared.auth import hash_password
from shared.errors import Misconfigured
from shared.words import Role

SHORTEST = 12

Username = Annotated[str, typer.Argument(help="What the person logs in with.")]
File = Annotated[Path, typer.Option(help="The accounts file; made when it is not there.")]
OfRole = Annotated[Role, typer.Option(help="What the person may do; the table is in shared/auth.py.")]
Member = Annotated[str | None, typer.Option(help="The member whose pages the person answers; for responders.")]
Password = Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for.")]


def command(username: Username, role: OfRole, file: File, password: Password, member: Member = None) -> None:
    """Add or replace a local account. Services read the file when they start. An organisation has its own log-in."""
    with told():
        if len(password) < SHORTEST:
            raise Misconfigured(f"a password has {SHORTEST} letters or more")
        rows = [row for row in read(file) if row.get("username") != username]
        row = {"username": username, "password_hash": hash_password(password), "role": role.value, "member_id": member}
        write_private(file, [*rows, row])
    typer.echo(f"{username} is {role.value} in {file}")


def read(file: Path) -> list[dict[str, str | None]]:
    """The rows of the file; none when it is not there."""
    if not file.exists():
        return []
    try:
        rows: list[dict[str, str | None]] = json.loads(file.read_text())
    except ValueError as error:
        raise Misconfigured(f"{file} is not JSON: {error}") from error
    return rows
