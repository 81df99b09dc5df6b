"""A run as its history tells it, indexed once; every check reads it and none changes it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from pathlib import Path

from tests.proof.checker.bounds import CLOCK, CUT_S, HEAL_S, NO_EXCUSE, STAMP_ERROR_S
from tests.proof.checker.facts import Begin, Fault, Look, Message, Op, Outcome, PageVersion, Record, Told, Version
from tests.proof.checker.readback import Back


@dataclass(frozen=True)
class Run:
    """Operations by id in the order of time, records in the order of their partitions, versions in theirs."""

    begin: Begin
    marks: Mapping[str, float]
    reports: Mapping[str, Sequence[Op]]
    answers: Sequence[Op]
    closes: Sequence[Op]
    poisons: Sequence[Op]
    messages: Sequence[Message]
    faults: Sequence[Fault]
    told: Mapping[tuple[str, str], Sequence[Told]]
    looks: Sequence[Look]
    back: Back
    lines: int
    path: Path | None = None

    @property
    def began(self) -> float:
        """When the clients began: the parts take a while to start, and a schedule's times count from then."""
        return self.looks[0].t if self.looks else self.begin.t

    @property
    def end(self) -> float:
        """When the clients stopped: what should happen later nobody could have seen."""
        return self.looks[-1].t if self.looks else self.marks.get("end", inf)

    def mono(self, wall: float) -> float:
        """A wall time on the run's clock."""
        return self.begin.t + (wall - self.begin.wall)

    @cached_property
    def disturbed(self) -> Sequence[tuple[float, float]]:
        """Spans in which, or so soon after which, faults excuse a delay; those that touch are one. In order."""
        return merged(
            [(fault.begin - CUT_S, fault.end + HEAL_S) for fault in self.faults if fault.kind not in NO_EXCUSE]
        )

    @cached_property
    def moved(self) -> Sequence[tuple[float, float]]:
        """Spans in which wall times of the product are worth nothing."""
        return merged([(f.begin - CUT_S, f.end + HEAL_S) for f in self.faults if f.kind == CLOCK])

    def due(self, since: float, at: float) -> float:
        """When something that `since` should have happened `at` must have: behind every fault that was in its way."""
        spans = self.disturbed
        for begin, end in spans[bisect_right(spans, since, key=lambda span: span[1]) :]:
            if begin > at:
                break
            at = max(at, end)
        return at

    def clock_is_true(self, since: float, until: float) -> bool:
        """Whether no process's wall clock was moved between these moments."""
        return not touches(self.moved, since, until)

    def calm(self, since: float, until: float) -> bool:
        """Whether no fault excuses a delay between these moments."""
        return not touches(self.disturbed, since, until)

    @cached_property
    def known(self) -> Mapping[str, Record]:
        """Each incident's first record, by its id."""
        found: dict[str, Record] = {}
        for records in self.back.records.values():
            for record in records:
                if record.incident_id:
                    found.setdefault(record.incident_id, record)
        return found

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Record]]:
        """Records of incidents by the name that their source gave them."""
        found: dict[str, list[Record]] = defaultdict(list)
        for records in self.back.records.values():
            for record in records:
                if record.external_id is not None:
                    found[record.external_id].append(record)
        return found

    @cached_property
    def messages_of(self) -> Mapping[str, Sequence[Message]]:
        """What came at phones, by alert, in the order of time."""
        found: dict[str, list[Message]] = defaultdict(list)
        for message in self.messages:
            found[message.alert_id].append(message)
        return found

    @cached_property
    def pages_of(self) -> Mapping[str, Sequence[PageVersion]]:
        """The last version of each page, by alert."""
        found: dict[str, list[PageVersion]] = defaultdict(list)
        for versions in self.back.pages.values():
            found[versions[-1].alert_id].append(versions[-1])
        return found

    @cached_property
    def answers_to(self) -> Mapping[str, Sequence[Op]]:
        """Answers by page, in the order in which they were begun."""
        found: dict[str, list[Op]] = defaultdict(list)
        for op in self.answers:
            found[op.asked["page_id"]].append(op)
        return found

    @cached_property
    def accepted(self) -> Mapping[str, Op]:
        """The attempt by which each source learned that its report was taken, by incident."""
        return {
            op.told["incident_id"]: op
            for attempts in self.reports.values()
            for op in reversed(attempts)
            if op.outcome is Outcome.DONE
        }

    @cached_property
    def closing(self) -> Mapping[str, float]:
        """When somebody first asked to close an alert."""
        return {op.asked["alert_id"]: op.t0 for op in reversed(self.closes)}

    def when(self, version: Version, wall: float) -> float:
        """A wall time that a version of an alert tells; where clocks were moved, counted from its record's stamp."""
        if not version.lines:
            return self.mono(wall)
        said = self.mono(version.lines[0].at)
        true = said <= version.t + STAMP_ERROR_S and self.clock_is_true(said, version.t)
        return self.mono(wall) if true else version.t + wall - version.lines[0].at


def merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans that do not touch each other, in order."""
    whole: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if whole and begin <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((begin, end))
    return whole


def touches(spans: Sequence[tuple[float, float]], since: float, until: float) -> bool:
    """Whether one of the spans (in order, apart) has a moment between the two."""
    place = bisect_right(spans, since, key=lambda span: span[1])
    return place < len(spans) and spans[place][0] <= until
