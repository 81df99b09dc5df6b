"""Many seeds, on all processors, and the kept ones of `seeds.txt`."""

import gc
import math
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.simulation import Outcome, play

KEPT = Path(__file__).with_name("seeds.txt")
SHARE = 50  # seeds a worker takes at a time


def kept() -> dict[int, str]:
    """The seeds that once failed, each with why: `<seed> <why>` a line, `#` begins a comment."""
    lines = KEPT.read_text(encoding="utf-8").splitlines()
    return {int(number): why for number, why in (line.split(maxsplit=1) for line in lines if line[:1].isdigit())}


@dataclass(frozen=True, slots=True)
class Share:
    """What one worker played: how many seeds, how long it worked on them, and those that broke a promise."""

    seeds: int
    cpu_s: float
    failed: tuple[Outcome, ...]


def play_all(first: int, number: int, processes: int | None = None, within_s: float = math.inf) -> Iterator[Share]:
    """So many seeds from the first on, in order; on a machine that has no time fewer, those that fit in `within_s`."""
    began = time.monotonic()
    spans = [range(n, min(n + SHARE, first + number)) for n in range(first, first + number, SHARE)]
    spawn = multiprocessing.get_context("spawn")  # a fork would inherit the threads of whoever asks
    with ProcessPoolExecutor(processes or os.cpu_count(), spawn, _prepare) as pool:
        for share in pool.map(play_share, spans):
            yield share
            if time.monotonic() - began > within_s:
                pool.shutdown(cancel_futures=True)
                return


def play_share(seeds: Sequence[int]) -> Share:
    """One worker's part."""
    began = time.process_time()
    failed = tuple(outcome for seed in seeds if (outcome := play(seed)).violations)
    gc.collect()
    return Share(len(seeds), time.process_time() - began, failed)


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
