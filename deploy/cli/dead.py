"""`meldkamer dead`: what no service could read or handle, and its way back once the cause is gone."""

import asyncio
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy import dead_letters
from deploy.dead_letters import DeadLetter
from deploy.failure import fail, told
from shared import clock
from shared.errors import Refused, TooLarge
from shared.publish import Publisher
from shared.settings import Common

app = typer.Typer(help="Records that no service could read: list, show, replay.", no_args_is_help=True)
REACHED_WITHIN_S = 10.0

Topic = Annotated[str | None, typer.Option(help="Only those of this topic.")]
Waiting = Annotated[bool, typer.Option("--waiting", help="Only those that were never replayed.")]
Letter = Annotated[str, typer.Argument(metavar="TOPIC/PARTITION/OFFSET", help="As `list` shows it.")]
Letters = Annotated[list[str] | None, typer.Argument(metavar="[TOPIC/PARTITION/OFFSET]...", help="As `list` shows.")]
All = Annotated[bool, typer.Option("--all", help="Every letter that was never replayed, instead of named ones.")]
Again = Annotated[bool, typer.Option("--again", help="Also what was replayed before.")]


@app.command(name="list")
def show_all(topic: Topic = None, waiting: Waiting = False) -> None:
    """Every dead letter: where it lay, who could not read it, why."""
    table = Table("Dead letter", "Services", "Since", "Replayed", "Reason", box=SIMPLE)
    table.columns[0].no_wrap = True
    letters = _selected(_read(), topic, waiting)
    for letter in letters:
        replayed = f"{letter.replayed_at:%Y-%m-%d %H:%M}" if letter.replayed_at else ""
        services, since = ", ".join(letter.services), f"{letter.buried_at:%Y-%m-%d %H:%M}"
        table.add_row(str(letter.place), services, since, replayed, escape(printable(letter.reason.encode())))
    if letters:
        Console(highlight=False).print(table)
    typer.echo(f"{len(letters)} dead letters")


@app.command()
def show(letter: Letter) -> None:
    """One dead letter with its key, headers and value as they came."""
    with told():
        place = dead_letters.place_of(letter)
        found = dead_letters.chosen(_read(), [place], again=True)[0]
    rows = [
        ("letter", str(found.place)),
        ("services", ", ".join(found.services)),
        ("since", found.buried_at.isoformat(timespec="seconds")),
        ("replayed", found.replayed_at.isoformat(timespec="seconds") if found.replayed_at else "never"),
        ("reason", printable(found.reason.encode())),
        ("key", printable(found.record.key)),
        *((f"header {name}", printable(value)) for name, value in found.record.headers),
        ("value", printable(found.record.value)),
    ]
    for name, value in rows:
        typer.echo(f"{name}: {value}")


@app.command()
def replay(letters: Letters = None, every: All = False, topic: Topic = None, again: Again = False) -> None:
    """Send dead letters to the topic they came from: same key, value and headers. Services that had them skip them.

    Replay when the cause is gone, for example after an upgrade. What still cannot be read comes back as a new letter.
    One that is too large for Kafka is told and skipped, and the exit code is 1.
    """
    if every == bool(letters):
        fail("name the letters, or give --all")
    with told():
        places = [dead_letters.place_of(text) for text in letters or ()]
        found = _read()
        wanted = _selected(found, topic, waiting=not again) if every else dead_letters.chosen(found, places, again)
        sent = asyncio.run(_replay(wanted))
    typer.echo(f"{sent} replayed")
    raise typer.Exit(0 if sent == len(wanted) else 1)


def printable(value: bytes | None) -> str:
    """Text as text, anything that a terminal would act on escaped, other bytes as Python writes them."""
    if value is None:
        return "null"
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return repr(value)
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _read() -> list[DeadLetter]:
    with told():
        return asyncio.run(dead_letters.read_all(Common().database_url))


def _selected(letters: list[DeadLetter], topic: str | None, waiting: bool) -> list[DeadLetter]:
    return [
        letter
        for letter in letters
        if (topic is None or letter.place.topic == topic) and not (waiting and letter.replayed_at)
    ]


async def _replay(letters: list[DeadLetter]) -> int:
    """One after another; how many were sent. A refusal ends it, unless of one that is too large; the rest stays."""
    common = Common()
    publisher = Publisher(common.bootstrap, "meldkamer-dead")
    running = asyncio.create_task(publisher.run())
    try:
        await _reached(publisher)
        return sum([await _sent(publisher, common.database_url, letter) for letter in letters])
    finally:
        running.cancel()
        await asyncio.wait([running])


async def _sent(publisher: Publisher, database_url: str, letter: DeadLetter) -> bool:
    """Mark it once Kafka has it; one that is too large is told and still waits."""
    try:
        await publisher.publish_all([letter.record])  # `publish` takes no record without key and value
    except TooLarge:
        size, topic = len(letter.record.value or b""), letter.place.topic
        typer.echo(f"meldkamer: {letter.place}: Kafka takes no record of this size, {size} bytes:"
                   f" raise max.message.bytes of the topic {topic}, then replay it again", err=True)  # fmt: skip
        return False
    await dead_letters.mark_replayed(database_url, letter, clock.now())
    typer.echo(f"replayed {letter.place}")
    return True


async def _reached(publisher: Publisher) -> None:
    """Wait for the broker, not for ever."""
    deadline = clock.monotonic() + REACHED_WITHIN_S
    while publisher.not_ready:
        if clock.monotonic() > deadline:
            raise Refused(f"{publisher.not_ready}: check KAFKA_BOOTSTRAP_SERVERS")
        await asyncio.sleep(0.05)
