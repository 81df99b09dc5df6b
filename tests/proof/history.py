"""A history: what every client of a run did and saw, one JSON line each, on the one clock that no fault can move."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import orjson

FLUSH_BYTES = 65_536
FLUSH_S = 0.5


class How(StrEnum):
    """What a line says of an operation: begun, done, surely not done, or (also of a lone observation) just so."""

    INVOKE = "invoke"
    OK = "ok"
    FAIL = "fail"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that one party saw. `t` is seconds of CLOCK_MONOTONIC, which all processes of a machine share."""

    t: float
    who: str
    op: str
    how: How
    id: str
    value: Mapping[str, Any]


class Writer:
    """Appends lines to a file and stamps each itself: the time of a line is when it was seen, not when it was kept.

    Whole lines alone reach the file, so several processes may write to one; threads may share a writer. What a killed
    process had not yet flushed (at most half a second of a busy one) is lost and is unknown to the checker.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lock = Lock()
        self._waiting = bytearray()
        self._flushed = time.monotonic()

    def write(self, who: str, op: str, how: How, /, id: str = "", **value: Any) -> None:
        """Say what was seen now; `value` may have any field but `id` (an audit row has a `who`)."""
        t = time.monotonic()
        line = orjson.dumps({"t": t, "who": who, "op": op, "how": how, "id": id, "value": value}, default=str)
        with self._lock:
            self._waiting += line + b"\n"
            if len(self._waiting) >= FLUSH_BYTES or t - self._flushed >= FLUSH_S:
                self._flush()

    def flush(self) -> None:
        """Bring to the file what waits."""
        with self._lock:
            self._flush()

    def close(self) -> None:
        """Nothing may be written after it; closing twice is harmless."""
        with self._lock:
            if not self._file.closed:
                self._flush()
                self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _flush(self) -> None:
        """One unbuffered write of whole lines; a short write (a full disk) goes on with what is left."""
        while self._waiting:
            del self._waiting[: self._file.write(self._waiting) or 0]
        self._flushed = time.monotonic()


def read(path: Path) -> Iterator[Line]:
    """Every line in the order of the file; a last one cut off by the death of its writer is left out."""
    with path.open("rb") as file:
        for raw in file:
            if not raw.endswith(b"\n"):
                return
            said = orjson.loads(raw)
            yield Line(said["t"], said["who"], said["op"], How(said["how"]), said["id"], said["value"])
