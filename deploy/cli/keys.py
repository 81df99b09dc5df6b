"""`meldkamer keys`: the keys that sources send with. A key is shown once, when it is made."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from deploy.failure import fail, told
from services.intake import keys
from services.intake.store import SourceKey
from shared.campus import Scope
from shared.errors import Misconfigured
from shared.settings import Common

app = typer.Typer(help="The keys that sources send with.", no_args_is_help=True)
WHOLE_ID = 36


@app.command()
def create(
    source: Annotated[str, typer.Option(help="Name of the source, as in the campus file.")],
    scope: Annotated[str, typer.Option(help=f"What it may send, comma separated: {', '.join(Scope)}.")],
) -> None:
    """Make a key and show it, this once. A source may have two, so that the old one can end after the new one works."""
    with told():
        key = asyncio.run(keys.create(Common().database_url, source, scopes(scope)))
    typer.echo(key)


@app.command()
def revoke(key_id: Annotated[UUID, typer.Argument(help="The id that `list` shows.")]) -> None:
    """End a key. Intake refuses it within seconds."""
    with told():
        revoked = asyncio.run(keys.revoke(Common().database_url, key_id))
    if not revoked:
        fail(f"there is no active key {key_id}: meldkamer keys list")
    typer.echo(f"revoked {key_id}")


@app.command(name="list")
def show() -> None:
    """Every key by source, newest first, ended ones too."""
    with told():
        found = asyncio.run(keys.list_all(Common().database_url))
    table = Table("Source", "Scopes", "Made", "Ended", "Id", box=SIMPLE)
    table.columns[-1].min_width = WHOLE_ID  # it is copied to `revoke`
    for key in found:
        table.add_row(*row(key))
    Console(markup=False, highlight=False).print(table, crop=False)


def scopes(text: str) -> list[Scope]:
    """`fire,access` as scopes; Misconfigured names what is none."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if wrong := [word for word in words if word not in tuple(Scope)]:
        raise Misconfigured(f"{', '.join(wrong)} is no scope; there are {', '.join(Scope)}")
    return [Scope(word) for word in words]


def row(key: SourceKey) -> tuple[str, str, str, str, str]:
    """A key as a line of the table."""
    ended = f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else ""
    return key.source, ", ".join(sorted(key.scopes)), f"{key.created_at:%Y-%m-%d %H:%M}", ended, str(key.id)
