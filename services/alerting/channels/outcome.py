"""What a channel answers: handed over, try again, or never."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """Handed over; `delivered` when the receiver confirmed it in the same breath."""

    delivered: bool


@dataclass(frozen=True, slots=True)
class Retry:
    """It may work later."""

    why: str


@dataclass(frozen=True, slots=True)
class Never:
    """It will not work, however often it is tried."""

    why: str


Outcome = Sent | Retry | Never
