"""`python -m deploy.demo` plays until SIGTERM or Ctrl-C: `make run` starts it, `meldkamer demo` does so by hand."""

import sys

from pydantic import ValidationError

from deploy.demo import run
from deploy.demo.settings import DemoSettings
from shared.campus import CampusError
from shared.errors import Misconfigured


def main() -> None:
    """Exit 0 after a signal, 1 when something is missing."""
    try:
        run.play(DemoSettings())
    except (Misconfigured, CampusError, ValidationError) as error:
        sys.exit(f"WARNING demonstration: {error}")


if __name__ == "__main__":
    main()
