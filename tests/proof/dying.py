"""A service that kills itself (SIGKILL) when it passes a waypoint for the nth time: `python -m tests.proof.dying`.

DYING_MODULE names the service's module, DYING_AT the waypoint, DYING_PASS the n. Nothing in the service knows of it.
"""

import itertools
import os
import runpy
import signal

from shared import waypoint
from shared.waypoint import Point


def die_at(at: Point, nth: int) -> None:
    """Put in the place of `waypoint.passed` what counts, and at the nth pass ends this process then and there."""
    passes = itertools.count(1)

    def passed(point: Point) -> None:
        if point is at and next(passes) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    waypoint.passed = passed


if __name__ == "__main__":
    die_at(Point(os.environ["DYING_AT"]), int(os.environ["DYING_PASS"]))
    runpy.run_module(os.environ["DYING_MODULE"], run_name="__main__", alter_sys=True)
