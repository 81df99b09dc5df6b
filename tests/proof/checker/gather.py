"""From lines to a `Run`: one pass, slim tuples, each id kept once."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from math import inf
from pathlib import Path

from tests.proof.checker.facts import Begin, Fault, Look, Message, Op, Outcome, Told
from tests.proof.checker.readback import ReadBack
from tests.proof.checker.run import Run
from tests.proof.history import How, Line, read

OUTCOMES = {How.OK: Outcome.DONE, How.FAIL: Outcome.REFUSED, How.INFO: Outcome.UNKNOWN}
NOT_TAKEN = ("cut", 503)  # what a phone may answer so that alerting does not know that it took the message


def from_file(path: Path) -> Run:
    """The run that a history tells. Nothing read is a cycle, so the collector need not look for one meanwhile."""
    gc.disable()
    try:
        return from_lines(read(path), path)
    finally:
        gc.enable()


def from_lines(lines: Iterable[Line], path: Path | None = None) -> Run:
    """The run that these lines tell; its first line is `run begin`, or nothing can be judged by it."""
    numbered = enumerate(lines, start=1)
    first = next(numbered, None)
    if first is None or (first[1].op, first[1].id) != ("run", "begin"):
        raise ValueError("a history begins with the line `run begin`; this one does not")
    n, line = first
    gathering = Gathering(Begin(n, float(line.value.get("t", line.t)), float(line.value["wall"]), line.value))
    for n, line in numbered:
        gathering.take(n, line)
    return gathering.run(n, path)


class Gathering:
    """What was read so far. An operation is open from its `invoke` until its answer, by who, op and id."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._marks: dict[str, float] = {}
        self._open: dict[tuple[str, str, str], tuple[int, Line]] = {}
        self._done: dict[str, list[Op]] = defaultdict(list)
        self._messages: list[Message] = []
        self._told: dict[tuple[str, str], list[Told]] = defaultdict(list)
        self._looks: list[Look] = []
        self._back = ReadBack(begin)
        self._same: dict[str, str] = {}
        self._takes: Mapping[str, Callable[[int, Line], None]] = {
            "run": self._mark, "message": self._message, "stream": self._stream, "level": self._level,
        }  # fmt: skip

    def take(self, n: int, line: Line) -> None:
        """One line more."""
        if line.who == "readback":
            self._back.take(n, line)
        elif (observation := self._takes.get(line.op)) is not None:
            observation(n, line)
        else:
            self._operation(n, line)

    def run(self, lines: int, path: Path | None) -> Run:
        """Everything read; what is still open has no answer."""
        for (_, op, _), (n, line) in self._open.items():
            self._done[op].append(Op(line.who, line.id, n, line.t, 0, inf, Outcome.UNKNOWN, line.value, {}))
        done = {op: sorted(ops, key=lambda op: op.t0) for op, ops in self._done.items()}
        reports: dict[str, list[Op]] = defaultdict(list)
        for report in done.get("report", ()):
            reports[report.id].append(report)
        return Run(
            begin=self._begin,
            marks=self._marks,
            reports=reports,
            answers=done.get("answer", []),
            closes=done.get("close", []),
            poisons=done.get("poison", []),
            messages=sorted(self._messages, key=lambda message: message.t),
            faults=[_fault(op, self._marks.get("end", inf)) for op in done.get("fault", ())],
            told=self._told,
            looks=self._looks,
            back=self._back.finished(),
            lines=lines,
            path=path,
        )

    def _mark(self, n: int, line: Line) -> None:
        del n
        self._marks.setdefault(line.id, line.t)

    def _operation(self, n: int, line: Line) -> None:
        key = line.who, line.op, line.id
        if line.how is How.INVOKE:
            self._open[key] = n, line
        elif (begun := self._open.pop(key, None)) is not None:
            m, first = begun
            op = Op(line.who, line.id, m, first.t, n, line.t, OUTCOMES[line.how], first.value, line.value)
            self._done[line.op].append(op)

    def _message(self, n: int, line: Line) -> None:
        said, last = line.value, line.id.rpartition(":")[2]
        self._messages.append(
            Message(
                n, line.t, self._one(line.id), said["type"], self._one(said["page_id"]), self._one(said["alert_id"]),
                self._one(said["member"]), said["step"], said["answered"] not in NOT_TAKEN,
                int(last) if last.isdigit() else 1,
            )
        )  # fmt: skip

    def _stream(self, n: int, line: Line) -> None:
        """A stream begins with the revision that its reader asked to go on from."""
        said, stream = line.value, self._told[line.who, line.id]
        if line.how is How.INVOKE:
            stream.append(Told(n, line.t, int(said["last_event_id"] or -1), None, None))
        elif line.how is How.INFO:
            entity = self._one(said["entity"]) if said["entity"] else None
            stream.append(Told(n, line.t, said["revision"], entity, said["version"]))

    def _level(self, n: int, line: Line) -> None:
        levels = {name: line.value.get(name) for name in ("lag", "spool", "outbox", "overdue")}
        away = tuple(name for name, ready in (line.value.get("ready") or {}).items() if not ready)
        self._looks.append(Look(n, line.t, levels, away))

    def _one(self, text: str) -> str:
        """The same text, kept once."""
        return self._same.setdefault(text, text)


def _fault(op: Op, end: float) -> Fault:
    """What was never undone lasts to the end of the run; what could not be done is undone."""
    said = op.asked
    over = end if op.outcome is Outcome.UNKNOWN else op.t1
    target, text, planned_s = str(said.get("target", "")), str(said.get("text", "")), float(said.get("seconds") or 0.0)
    return Fault(op.n, said["kind"], target, text, op.t0, over, planned_s, op.outcome is not Outcome.REFUSED)
