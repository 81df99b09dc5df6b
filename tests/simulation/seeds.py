"""Many seeds, on all processors, and the kept ones of `seeds.txt`."""

import gc
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.simulation.simulation import Outcome, play

KEPT = Path(__file__).with_name("seeds.txt")
SHARE = 50  # seeds a worker takes at a time


def kept() -> dict[int, str]:
    """The seeds that once failed, each with why: `<seed> <why>` a line, `#` begins a comment."""
    lines = [line.split(maxsplit=1) for line in KEPT.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {int(number): why for number, why in lines if number != "#"}


def play_all(first: int, number: int, processes: int | None = None) -> Iterator[Outcome]:
    """Those that broke a promise, of so many seeds from the first on; in order."""
    spans = [range(n, min(n + SHARE, first + number)) for n in range(first, first + number, SHARE)]
    spawn = multiprocessing.get_context("spawn")  # a fork would inherit the threads of whoever asks
    with ProcessPoolExecutor(processes or os.cpu_count(), spawn, _prepare) as pool:
        for failed in pool.map(play_span, spans):
            yield from failed


def play_span(seeds: Sequence[int]) -> list[Outcome]:
    """The outcomes of those that failed."""
    failed = [outcome for seed in seeds if (outcome := play(seed)).violations]
    gc.collect()
    return failed


def report(outcome: Outcome) -> str:
    """What was broken, how it came about, and how to see it again."""
    return "\n".join(
        (
            f"seed {outcome.seed}:",
            *map(str, outcome.trace),
            *(f"BROKEN {violation}" for violation in outcome.violations),
            f"again: python -m tests.simulation --seed {outcome.seed}",
        )
    )


def _prepare() -> None:
    """A seed leaves many rings of objects behind: they are collected a share at a time."""
    gc.freeze()
    gc.disable()
