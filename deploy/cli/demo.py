"""`meldkamer demo`: plays a scenario against a product that runs."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from deploy.demo import run
from deploy.demo.acts import NOTHING, SCENARIOS
from deploy.demo.settings import DemoSettings
from deploy.failure import told
from shared.campus import CampusError
from shared.errors import Misconfigured

Access = Annotated[Path | None, typer.Option(help="access.json of the running product.", show_default=".meldkamer/…")]
Scenario = Annotated[str | None, typer.Option(help=f"One of {', '.join(SCENARIOS)}, {NOTHING}.", show_default="day")]
Once = Annotated[bool, typer.Option("--once", help="One round, then end.")]


def command(access: Access = None, scenario: Scenario = None, once: Once = False) -> None:
    """Play a day on campus against a running product, until Ctrl-C: alarms, answers, a traffic accident, a chat.

    It plays the members of the example campus, all but the first, who is yours: log in as responder. `make run` starts
    it by itself. Obeys MELDKAMER_ACCESS, MELDKAMER_SCENARIO and MELDKAMER_CAMPUS.
    """
    given = {"meldkamer_access": access, "meldkamer_scenario": scenario}
    with told():
        try:
            settings = DemoSettings()
            chosen = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
            run.play(chosen, 1 if once else None)
        except (CampusError, ValidationError) as error:
            raise Misconfigured(str(error)) from None
