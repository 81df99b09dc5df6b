"""`python -m tests.proof chaos | up [brokers] | check <history>`: run, look around in, or judge again."""

import asyncio
import contextlib
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.proof import chaos, grounds
from tests.proof.cluster import Cluster


def main() -> int:
    """The exit code: 0 when every promise held."""
    match sys.argv[1:]:
        case ["chaos"]:
            return chaos.chaos(chaos.wanted())
        case ["up", *brokers]:
            return asyncio.run(up(int(brokers[0]) if brokers else 1))
        case ["check", history]:
            return chaos.judge(Path(history), [])
        case _:
            print(__doc__)  # noqa: T201
            return 2


async def up(brokers: int) -> int:
    """A cluster to look around in, until Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="meldkamer-up-", ignore_cleanup_errors=True) as folder:
        async with Cluster(Path(folder), grounds.campus_file(), brokers=brokers) as cluster:
            print(json.dumps(asdict(cluster.target), indent=2))  # noqa: T201
            print("up; Ctrl-C takes everything down", flush=True)  # noqa: T201
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
