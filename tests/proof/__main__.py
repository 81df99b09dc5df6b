"""`python -m tests.proof chaos | up [brokers] | check <history>`: run, look around in, or judge again."""

import asyncio
import contextlib
import sys
from pathlib import Path

from tests.proof import chaos, grounds, report
from tests.proof.up import up


def main() -> int:
    """The exit code: 0 when every promise held."""
    match sys.argv[1:]:
        case ["chaos"]:
            return chaos.chaos(chaos.wanted())
        case ["up", *brokers]:
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(up(grounds.campus_file(), int(brokers[0]) if brokers else 1))
            return 0
        case ["check", history]:
            return report.check_file(Path(history))
        case _:
            print(__doc__)  # noqa: T201
            return 2


if __name__ == "__main__":
    sys.exit(main())
