"""`meldkamer campus check`: reads a campus file as the services will and says what is wrong or looks wrong."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from shared.campus import Campus, CampusError, Day, Hours, Person, Plan, Problem, load, load_people
from shared.campus.advice import advise
from shared.words import Severity

app = typer.Typer(help="The campus file.", no_args_is_help=True)


@app.callback()
def campus_commands() -> None:
    """Keep `check` a word of its own although it is the only command."""


@app.command()
def check(path: Annotated[Path, typer.Argument(help="A campus file, or a folder of *.yaml.")]) -> None:
    """Check a campus file; exit 1 with `file:line: message` for every mistake."""
    campus, people, problems = read(path)
    if campus is None or problems:
        for problem in problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1)
    console = Console(markup=False, highlight=False)
    console.print(_buildings(campus, people), _plans(campus))
    for sentence in advise(campus, people):
        console.print(f"note: {sentence}", soft_wrap=True)
    console.print(
        f"ok: {len(campus.buildings)} buildings, {len(campus.teams)} teams, {len(campus.plans)} plans, "
        f"{len(campus.sources)} sources, {len(people)} people",
        soft_wrap=True,
    )


def read(path: Path) -> tuple[Campus | None, tuple[Person, ...], tuple[Problem, ...]]:
    """Campus, people and the mistakes in both; teams of people are looked up once the campus itself is right."""
    campus: Campus | None = None
    people: tuple[Person, ...] = ()
    problems: set[Problem] = set()
    try:
        campus = load(path)
    except CampusError as error:
        problems |= set(error.problems)
    try:
        people = load_people(path, campus)
    except CampusError as error:
        problems |= set(error.problems)
    return campus, people, tuple(sorted(problems))


def _buildings(campus: Campus, people: tuple[Person, ...]) -> Table:
    members = Counter(team for person in people for team in person.teams)
    table = Table(
        "Building",
        "Name",
        "Faculty",
        "On campus",
        "Buddies",
        "BHV",
        title=campus.name.read_in(campus.language),
        box=SIMPLE,
    )
    for b in campus.buildings:
        size = str(members[campus.team_of(b.code)]) if people else "-"
        name, place = b.name.read_in(campus.language), "yes" if b.on_campus else "no"
        table.add_row(b.code, name, b.faculty or "-", place, ", ".join(b.buddies) or "-", size)
    return table


def _plans(campus: Campus) -> Table:
    table = Table(title="Plans, the first that holds acts", box=SIMPLE)
    for heading in ("Plan", "Kinds", "When", "Needed", "Steps"):
        table.add_column(heading, overflow="fold")
    for plan in campus.plans:
        needed = "\n".join(f"{count} {key}" for key, count in plan.needed.items())
        steps = "\n".join(f"{step.for_s}s {'+'.join(step.teams)}" for step in plan.steps)
        table.add_row(plan.id, "\n".join(plan.kinds), _when(plan), needed, steps)
    return table


def _when(plan: Plan) -> str:
    severity = "" if plan.min_severity is Severity.UNKNOWN else f"{plan.min_severity} and up"
    windows = [_window(window) for window in plan.hours or ()]
    return "\n".join(part for part in (severity, *windows) if part) or "always"


def _window(window: Hours) -> str:
    days = "" if len(window.days) == len(Day) else ", ".join(window.days)
    clock = "" if window.start == window.end else f"{window.start:%H:%M}-{window.end:%H:%M}"
    return f"{days} {clock}".strip()
