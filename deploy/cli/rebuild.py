"""`meldkamer rebuild`: builds the views anew from the topics, compares them with the live ones and repairs these."""

import asyncio
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.failure import told
from services.reporting.rebuild import Outcome, rebuild
from shared import topics
from shared.settings import Common

SERVICE = "reporting"


def command(
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit 1 when the views differ.")] = False,
) -> None:
    """Build the views anew from the topics, compare, and repair what differs. The services may go on running.

    Reads KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL (the owner's). Exit 0: equal, or repaired. Exit 1: they differ and
    --check was given, or a line on standard error says why it could not be done (another rebuild is under way).
    """
    console = Console(highlight=False)
    with told():
        outcome = asyncio.run(_run(console, check))
    _report(console, outcome)
    raise typer.Exit(1 if check and outcome.differences.total else 0)


async def _run(console: Console, check: bool) -> Outcome:
    common = Common()
    columns = (TextColumn("folding"), BarColumn(), MofNCompleteColumn(), TextColumn("records"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("folding", total=None)
        return await rebuild(
            common.database_url,
            common.bootstrap,
            topics.of_consumer(SERVICE),
            consumer=SERVICE,
            check=check,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _report(console: Console, outcome: Outcome) -> None:
    found = outcome.differences
    if found.shown:
        table = Table("table", "row", "is", "columns", box=SIMPLE)
        for difference in found.shown:
            table.add_row(difference.table, difference.key, difference.what, ", ".join(difference.columns))
        console.print(table)
    console.print(f"{outcome.records} records read, {outcome.unreadable} of them dead letters")
    if outcome.kept:
        console.print(f"{outcome.kept} rows are older than what the topics keep: left as they are, not checked")
    where = ", ".join(f"{count} in {name}" for name, count in found.counts.items() if count)
    match found.total, outcome.repaired:
        case 0, _:
            console.print("the views are what the topics say")
        case total, True:
            console.print(f"{total} differences ({where}): repaired")
        case total, _:
            console.print(f"{total} differences ({where}): run `meldkamer rebuild` to repair them")
