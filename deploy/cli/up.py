"""`meldkamer up`, which `make run` calls."""

import asyncio
import sys

import typer
from pydantic import ValidationError

from deploy.embedded.console import Progress
from deploy.embedded.jars import PartMissing
from deploy.embedded.settings import RunSettings
from deploy.embedded.up import up
from shared.campus import CampusError
from shared.errors import Misconfigured


def command() -> None:
    """Run the whole product on http://localhost:8080 until Ctrl-C.

    Obeys MELDKAMER_PORT, _HOST, _STATE, _CAMPUS, _SCENARIO, _REPLICAS and _BROKERS. KAFKA_BOOTSTRAP_SERVERS and
    DATABASE_URL name parts to use in place of its own.
    """
    try:
        asyncio.run(up(RunSettings(), Progress()))
    except (PartMissing, Misconfigured, CampusError, ValidationError) as error:
        print(f"meldkamer: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
