"""A service as faults want it: `python -m tests.proof.host` runs PROOF_MODULE, whose event loop SIGUSR2 blocks for 3 s.

The service knows nothing of it: Python calls a signal's handler in the main thread, between two steps of the loop.
"""

import os
import runpy
import select
import signal
from types import FrameType

MODULE = "PROOF_MODULE"
BLOCKED_S = 3.0


def block(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what the interpreter calls
    """Nothing else runs in the main thread meanwhile: no heartbeat, no answer, no timer."""
    select.select([], [], [], BLOCKED_S)  # not time.sleep, which a moved clock breaks


if __name__ == "__main__":
    signal.signal(signal.SIGUSR2, block)
    runpy.run_module(os.environ[MODULE], run_name="__main__", alter_sys=True)
