"""Whatever the seed: the promises hold. A seed that breaks one is kept in seeds.txt."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.simulation import seeds
from tests.simulation.simulation import play

SEEDS = 10_000
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("seed", "why"), seeds.kept().items())
def test_a_seed_that_once_failed_holds(seed: int, why: str) -> None:
    outcome = play(seed)
    assert not outcome.violations, f"{why}\n{seeds.report(outcome)}"


def test_one_seed_has_one_history_in_every_process() -> None:
    told = [_told_by_a_process(17, hash_seed) for hash_seed in ("1", "2")]
    assert told[0] == told[1]
    assert "decided" in told[0]


@pytest.mark.timeout(120)
def test_the_promises_hold_whatever_the_seed(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    failed = list(seeds.play_all(0, SEEDS))
    with capsys.disabled():
        sys.stdout.write(f" simulation: {SEEDS} seeds in {time.monotonic() - began:.1f} s ")
    assert not failed, seeds.report(failed[0]) + f"\nfailed: {[outcome.seed for outcome in failed]}"


def _told_by_a_process(seed: int, hash_seed: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seed", str(seed)],
        cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
