"""The only place that asks the machine for the time or for randomness."""

import time
from datetime import UTC, datetime
from uuid import UUID, uuid4


def now() -> datetime:
    """The wall clock, with its zone (UTC)."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never jump, for deadlines and latencies."""
    return time.monotonic()


def unix_s() -> float:
    """The wall clock as Unix time, for what is stamped on every record."""
    return time.time()


def new_id() -> UUID:
    """A random id, for what its source does not name."""
    return uuid4()
