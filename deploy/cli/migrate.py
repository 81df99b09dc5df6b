"""`meldkamer migrate`: brings the database up to date."""

import asyncio

import typer

from deploy.failure import told
from shared import migrate
from shared.settings import Common


def command() -> None:
    """Bring the schemas of all services up to date. DATABASE_URL names an owner who may create schemas and roles.

    Safe to run again, and from several places at once. Run it before a new version of a service starts.
    """
    with told():
        applied = asyncio.run(migrate.migrate(Common().database_url))
    for name in applied:
        typer.echo(f"applied {name}")
    typer.echo(f"{len(applied)} migrations applied" if applied else "every schema is up to date")
