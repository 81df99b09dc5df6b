"""What was read back after the run: the topics, the tables, the rebuild, the audit log."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tests.proof.checker.facts import Begin, Decided, PageVersion, Record, Row, Version
from tests.proof.history import Line

# Columns that some check looks at; of the other tables only the number of rows is kept.
KEPT: Mapping[str, tuple[str, ...]] = {
    "alerts": ("alert_id", "version", "state", "step"),
    "pages": ("page_id", "version", "state", "answer"),
    "ledger": ("service", "consumer", "topic", "partition", "first_offset", "next_offset", "missing"),
    "dead_letters": ("service", "topic", "partition", "offset", "reason"),
    "view_incidents": ("incident_id", "building", "alert_id"),
    "view_alerts": ("alert_id", "version", "state", "step"),
    "view_pages": ("page_id", "version", "state", "answer"),
}
V = TypeVar("V", Version, PageVersion)
DEAD = ".dead"
ALERT, PAGE = "nl.meldkamer.alert.updated.v1", "nl.meldkamer.page.updated.v1"


@dataclass(frozen=True)
class Back:
    """Records in the order of their partition, versions in theirs; `ends` is the next offset of each partition.

    `records` are those of incidents and those that cannot be read. `alerts_of` tells which alerts took up an incident,
    `buried` of which (topic, partition, offset) there is a record on the topic of dead letters.
    """

    records: Mapping[tuple[str, int], Sequence[Record]]
    ends: Mapping[tuple[str, int], int]
    buried: AbstractSet[tuple[str, int, int]]
    alerts: Mapping[str, Sequence[Version]]
    alerts_of: Mapping[str, Sequence[str]]
    pages: Mapping[str, Sequence[PageVersion]]
    twice: Sequence[tuple[int, int]]
    rows: Mapping[str, Sequence[Row]]
    counts: Mapping[str, int]
    rebuilds: Sequence[Row]
    audit: Sequence[Row]


class ReadBack:
    """Takes the lines of `readback`, in any order."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._records: dict[tuple[str, int], list[Record]] = defaultdict(list)
        self._ends: dict[tuple[str, int], int] = {}
        self._buried: set[tuple[str, int, int]] = set()
        self._alerts: dict[str, list[Version]] = defaultdict(list)
        self._alerts_of: dict[str, list[str]] = defaultdict(list)
        self._taken: dict[str, set[str]] = defaultdict(set)
        self._pages: dict[str, list[PageVersion]] = defaultdict(list)
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._counts: dict[str, int] = defaultdict(int)
        self._others: dict[str, list[Row]] = defaultdict(list)

    def take(self, n: int, line: Line) -> None:
        """One line more."""
        if line.op == "record":
            self._record(n, line.value)
        elif line.op == "row":
            self._row(n, line.value)
        else:
            self._others[line.op].append(Row(n, line.value))

    def finished(self) -> Back:
        """Everything, in order; a version that landed twice counts once, by its first record."""
        twice: list[tuple[int, int]] = []
        for records in self._records.values():
            records.sort(key=lambda record: record.offset)
        return Back(
            records=self._records,
            ends=self._ends,
            buried=self._buried,
            alerts={id_: _in_order(versions, twice) for id_, versions in self._alerts.items()},
            alerts_of=self._alerts_of,
            pages={id_: _in_order(versions, twice) for id_, versions in self._pages.items()},
            twice=twice,
            rows=self._rows,
            counts=self._counts,
            rebuilds=self._others["rebuild"],
            audit=sorted(self._others["audit"], key=lambda row: int(row.values["seq"])),
        )

    def _row(self, n: int, said: Mapping[str, Any]) -> None:
        table = said["table"]
        self._counts[table] += 1
        if (kept := KEPT.get(table)) is not None:
            self._rows[table].append(Row(n, {name: said.get(name) for name in kept}))

    def _record(self, n: int, said: Mapping[str, Any]) -> None:
        place, offset = (said["topic"], said["partition"]), said["offset"]
        self._ends[place] = max(self._ends.get(place, 0), offset + 1)
        t = self._begin.t + said["stamp_ms"] / 1000 - self._begin.wall
        if place[0].endswith(DEAD):
            self._buried.add((place[0].removesuffix(DEAD), int(said["dead_partition"]), int(said["dead_offset"])))
        elif said["type"] == ALERT:
            self._alert(n, t, said)
        elif said["type"] == PAGE:
            self._page(n, t, said)
        else:
            self._records[place].append(
                Record(
                    n, *place, offset, t, said["type"], str(said.get("incident_id") or ""), said.get("external_id"),
                    said.get("building"),
                )
            )  # fmt: skip

    def _alert(self, n: int, t: float, said: Mapping[str, Any]) -> None:
        alert_id, incidents = said["alert_id"], said["incident_ids"]
        for id_ in self._new(alert_id, incidents):
            self._alerts_of[id_].append(alert_id)
        lines = tuple(
            Decided(line["seq"], seconds(line["at"]) or 0.0, line["event"], line["reason"], line["cause"])
            for line in said["timeline"]
        )
        self._alerts[alert_id].append(
            Version(
                n, t, said["version"], said["state"], said["step"], said["needed"], said["coming"],
                seconds(said.get("next_step_at")), incidents[0] if incidents else None, lines,
            )
        )  # fmt: skip

    def _new(self, alert_id: str, incidents: Sequence[str]) -> list[str]:
        """The incidents that no version before named."""
        taken = self._taken[alert_id]
        new = [id_ for id_ in incidents if id_ not in taken]
        taken.update(new)
        return new

    def _page(self, n: int, t: float, said: Mapping[str, Any]) -> None:
        functions = said.get("functions")
        self._pages[said["page_id"]].append(
            PageVersion(
                n, t, said["page_id"], said["alert_id"], said["version"], said["state"], said["answer"],
                said["member_id"], said["step"], None if functions is None else tuple(functions),
            )
        )  # fmt: skip


def seconds(moment: object) -> float | None:
    """Seconds since 1970 of a time as JSON has it; None stays None."""
    if moment is None or isinstance(moment, int | float):
        return moment
    return datetime.fromisoformat(str(moment)).timestamp()


def _in_order(versions: list[V], twice: list[tuple[int, int]]) -> list[V]:
    """By version, each once. One that is there twice and tells two things goes to `twice`, with both its lines."""
    versions.sort(key=lambda one: (one.version, one.t))
    kept: list[V] = []
    for one in versions:
        if not kept or kept[-1].version != one.version:
            kept.append(one)
        elif kept[-1][2:] != one[2:]:
            twice.append((kept[-1].n, one.n))
    return kept
