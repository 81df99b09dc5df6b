"""`python -m tests.simulation --seeds 100000 --from 0`: as many seeds as wanted; `--seed 17`: one, with its trace."""

import argparse
import sys
import time

from tests.simulation import seeds
from tests.simulation.simulation import play

SHOWN = 3


def main() -> int:
    """1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000, help="how many (10000)")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first (0)")
    parser.add_argument("--seed", type=int, help="only this one, with its trace")
    parser.add_argument("--processes", type=int, help="how many processes (one a processor)")
    asked = parser.parse_args()
    if asked.seed is not None:
        outcome = play(asked.seed)
        print(seeds.report(outcome))  # noqa: T201
        return bool(outcome.violations)
    began, failed, cpu_s = time.monotonic(), 0, 0.0
    for share in seeds.play_all(asked.first, asked.seeds, asked.processes):
        cpu_s += share.cpu_s
        for outcome in share.failed:
            failed += 1
            text = seeds.report(outcome) if failed <= SHOWN else f"seed {outcome.seed}: {outcome.violations[0]}"
            print(text, flush=True)  # noqa: T201
    took_s, each_ms = time.monotonic() - began, cpu_s / asked.seeds * 1000
    print(f"simulation: {asked.seeds} seeds in {took_s:.1f} s ({each_ms:.1f} ms each), {failed} failed")  # noqa: T201
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
