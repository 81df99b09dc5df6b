"""`meldkamer topics`: the table of topics, and its creation on the brokers."""

import asyncio
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from deploy.failure import told
from shared import topics
from shared.settings import Common

Show = Annotated[bool, typer.Option("--show", help="Only show the table; ask no broker.")]


def command(show: Show = False) -> None:
    """Create the topics that are missing, each with its dead-letter topic, and show them all.

    As KAFKA_PARTITIONS, KAFKA_REPLICATION, KAFKA_MIN_INSYNC and KAFKA_RETENTION_DAYS say. What is there keeps all of
    these; it gets the settings that let Kafka refuse what comes late.
    """
    created: list[str] = []
    if not show:
        with told():
            common = Common()
            created = asyncio.run(topics.create(common.bootstrap, **topics.as_set(common)))
    Console(markup=False, highlight=False).print(table())
    if not show:
        typer.echo(f"created {', '.join(created)}" if created else "all topics are there")


def table() -> Table:
    """One row a topic."""
    rows = Table("Topic", "Key", "Producer", "Consumers", "Kept", box=SIMPLE)
    for topic in topics.TOPICS:
        rows.add_row(topic.name, topic.key, topic.producer, ", ".join(topic.consumers), f"{topic.days} days")
    rows.add_row(
        "<topic>.dead", "as the original", "whoever could not read it", "operators", f"{topics.DAYS} days"
    )
    rows.add_row(topics.CLOCK, "none", "intake", "nobody: Kafka answers with its time", "1 day")
    return rows
