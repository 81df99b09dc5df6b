"""Chance that a seed repeats: a number that follows from names, never from an order of calls."""

from hashlib import blake2b

SCALE = 2**64


def chance(seed: int, *names: object) -> float:
    """At least 0 and less than 1; other names give another number."""
    told = "\x1f".join(map(str, (seed, *names)))
    return int.from_bytes(blake2b(told.encode(), digest_size=8).digest(), "big") / SCALE


def between(low: float, high: float, seed: int, *names: object) -> float:
    """At least `low` and less than `high`."""
    return low + (high - low) * chance(seed, *names)
