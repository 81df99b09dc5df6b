"""A schedule of faults, one a line: `at 20 freeze kafka-1 for 9`, `at 70 restart postgres immediate`.

    seed 7
    at 12.5 kill alerting-a
    at 40 blackhole intake-kafka for 6
    at 60 clock alerting-b by 3600 for 20
    at 80 poison incidents.fire bad-header

Seconds are from the beginning. `for` is how long it lasts, `by` how strong it is, the word after the target how it is
done. Blank lines and what follows # are nothing.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

NUMBER = r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
LINE = re.compile(
    rf"at (?P<at>{NUMBER}) (?P<kind>[a-z]+) (?P<target>[\w.-]+)(?: (?!by |for )(?P<manner>[a-z][\w-]*))?"
    rf"(?: by (?P<by>{NUMBER}))?(?: for (?P<seconds>{NUMBER}))?"
)
SEED = re.compile(r"seed (?P<seed>\d+)")


class Kind(StrEnum):
    """What can be done to a part, a link or a topic."""

    KILL = "kill"  # kill -9; kept down `for` so long
    TERM = "term"  # SIGTERM; kept down `for` so long
    FREEZE = "freeze"  # SIGSTOP; of postgres: postmaster, backend or whole
    BLOCK = "block"  # the event loop of a service does nothing for 3 s
    CLOCK = "clock"  # the wall clock of a service is off `by` so many seconds
    JOIN = "join"  # another member joins a service's consumer group, and leaves
    RESTART = "restart"  # kafka-n: kill, clean, empty; postgres: immediate, kill
    FILL = "fill"  # the disk of PostgreSQL's log is full
    REFUSE = "refuse"  # a link, as are the next three
    BLACKHOLE = "blackhole"
    DELAY = "delay"  # `by` so many seconds each way
    CUT = "cut"  # each connection after `by` so many bytes
    POISON = "poison"  # a topic


NETWORK = frozenset({Kind.REFUSE, Kind.BLACKHOLE, Kind.DELAY, Kind.CUT})


@dataclass(frozen=True, slots=True)
class Fault:
    """One line."""

    at: float
    kind: Kind
    target: str
    manner: str = ""
    by: float | None = None
    seconds: float = 0.0

    def __str__(self) -> str:
        words = [f"at {_number(self.at)} {self.kind} {self.target}"]
        if self.manner:
            words.append(self.manner)
        if self.by is not None:
            words.append(f"by {_number(self.by)}")
        if self.seconds:
            words.append(f"for {_number(self.seconds)}")
        return " ".join(words)

    @property
    def end(self) -> float:
        """When it is undone; what it hit may need longer."""
        return self.at + self.seconds


@dataclass(frozen=True, slots=True)
class Schedule:
    """Faults in order of their time, and the seed that they were drawn with."""

    faults: tuple[Fault, ...]
    seed: int | None = None

    def __str__(self) -> str:
        head = [] if self.seed is None else [f"seed {self.seed}"]
        return "".join(f"{line}\n" for line in [*head, *map(str, self.faults)])

    @property
    def end(self) -> float:
        """When the last one is undone."""
        return max((fault.end for fault in self.faults), default=0.0)


def parse(text: str) -> Schedule:
    """What the text says; ValueError names the first line that says nothing. Sorts by time."""
    seed: int | None = None
    faults: list[Fault] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = " ".join(raw.partition("#")[0].split())
        if found := LINE.fullmatch(line):
            faults.append(_fault(number, found))
        elif found := SEED.fullmatch(line):
            seed = int(found["seed"])
        elif line:
            raise ValueError(f"line {number}: {line!r} is neither `seed n` nor `at t kind target [how] [by n] [for s]`")
    return Schedule(tuple(sorted(faults, key=lambda fault: fault.at)), seed)


def _fault(number: int, found: re.Match[str]) -> Fault:
    if found["kind"] not in set(Kind):
        raise ValueError(f"line {number}: no fault is called {found['kind']!r}; there are {', '.join(Kind)}")
    by = None if found["by"] is None else float(found["by"])
    return Fault(
        float(found["at"]),
        Kind(found["kind"]),
        found["target"],
        found["manner"] or "",
        by,
        float(found["seconds"] or 0),
    )


def _number(value: float) -> str:
    """As people write it: 12.5, 9; read back it is the same."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
