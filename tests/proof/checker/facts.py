"""What a history tells, line by line, as slim tuples; `n` is always the number of the line that told it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class Outcome(StrEnum):
    """What became of an operation, as far as its client knows."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Begin(NamedTuple):
    """What the run said of itself when it began; `wall` is the wall clock at the monotonic time `t`."""

    n: int
    t: float
    wall: float
    value: Mapping[str, Any]


class Op(NamedTuple):
    """One operation of a client: begun at `t0` in line `n`, answered at `t1` in line `m` (both `inf` and 0 if never).

    `asked` is the value of its first line, `told` of its last.
    """

    who: str
    id: str
    n: int
    t0: float
    m: int
    t1: float
    outcome: Outcome
    asked: Mapping[str, Any]
    told: Mapping[str, Any]

    @property
    def status(self) -> int:
        """The HTTP status of a refusal; 0 when there is none."""
        return int(self.told.get("status", 0))

    @property
    def lines(self) -> tuple[int, ...]:
        """Where it is written."""
        return (self.n, self.m) if self.m else (self.n,)


class Message(NamedTuple):
    """What came at a phone. `taken` is False when the phone said that it did not take it; `number` is its n of key."""

    n: int
    t: float
    key: str
    type: str
    page_id: str
    alert_id: str
    member: str
    step: int
    taken: bool
    number: int


class Fault(NamedTuple):
    """A disturbance, from before it was made until it was undone and the parts it hit were ready again."""

    n: int
    kind: str
    target: str
    text: str
    begin: float
    end: float
    planned_s: float
    done: bool = True  # False for one that could not be done

    @property
    def seconds(self) -> float:
        """How long it took, with its healing."""
        return self.end - self.begin

    @property
    def heal_s(self) -> float:
        """From when it was undone until the parts it hit were ready again."""
        return max(0.0, self.seconds - self.planned_s)


class Told(NamedTuple):
    """One event of a live stream; `entity` is None for a snapshot, and for the beginning of the stream."""

    n: int
    t: float
    revision: int
    entity: str | None
    version: int | None


class Look(NamedTuple):
    """The levels at one moment; None is a level that could not be asked."""

    n: int
    t: float
    levels: Mapping[str, int | None]
    not_ready: tuple[str, ...]


class Record(NamedTuple):
    """One record of a topic. `t` is its stamp on the run's clock; `type` is None when it cannot be read."""

    n: int
    topic: str
    partition: int
    offset: int
    t: float
    type: str | None
    incident_id: str
    external_id: str | None
    building: str | None


class Decided(NamedTuple):
    """One line of an alert's timeline; `at` is the deciding process's wall clock, in seconds since 1970."""

    seq: int
    at: float
    event: str
    reason: str
    cause: str


class Version(NamedTuple):
    """An alert as one record tells it. `t` is the record's stamp on the run's clock, `deadline` a wall time."""

    n: int
    t: float
    version: int
    state: str
    step: int
    needed: Mapping[str, int]
    coming: Mapping[str, int]
    deadline: float | None
    first_incident: str | None
    lines: tuple[Decided, ...]

    def has(self, *events: str) -> bool:
        """Whether this version's lines tell one of these events."""
        return any(line.event in events for line in self.lines)


class PageVersion(NamedTuple):
    """A page as one record tells it."""

    n: int
    t: float
    page_id: str
    alert_id: str
    version: int
    state: str
    answer: str | None
    member: str
    step: int
    functions: tuple[str, ...] | None


class Row(NamedTuple):
    """One row of a table, read at the end."""

    n: int
    values: Mapping[str, Any]
