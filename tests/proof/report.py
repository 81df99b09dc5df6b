"""What a run came to: in words for people, in JSON for scripts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from math import inf, isfinite
from pathlib import Path
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from tests.proof.checker.c02_in_time import waits
from tests.proof.checker.c06_once import duplicates
from tests.proof.checker.check import CHECKS, check_all
from tests.proof.checker.facts import Op, Outcome
from tests.proof.checker.gather import from_file
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation
from tests.proof.spread import Spread

SHOWN = 20  # violations of each check in the text; the JSON has them all
QUOTED = 5  # lines of the history under a violation
WIDTH = 110
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Judged:
    """One check: how many things it looked at, and how many it found broken."""

    name: str
    sentence: str
    seen: int
    violations: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in numbers. Latencies are from a report until the first page of the alert it opened is at a phone.

    `load` is `rate` (incidents a second) and, unless that was given, how it was found.
    """

    seed: int
    minutes: float
    load: Mapping[str, Any]
    commit: str
    machine: str
    faults: Mapping[str, int]
    not_done: Sequence[str]
    accepted: int
    refused: int
    unknown: int
    pages: int
    duplicates: int
    outside: Spread
    inside: Spread
    heal: Spread
    checks: Sequence[Judged]
    violations: Sequence[Violation]
    quotes: Mapping[int, str]
    began: float

    @property
    def last_line(self) -> str:
        """The line that scripts look for."""
        return f"chaos: seed {self.seed}, {self.accepted} accepted, {len(self.violations)} violations"


def summarise(run: Run, violations: Sequence[Violation]) -> Summary:
    """Count, measure, and fetch the lines of the history that show what is wrong."""
    said, outcomes = run.begin.value, Counter(map(_outcome, run.reports.values()))
    first = list(waits(run))
    found = Counter(violation.check for violation in violations)
    return Summary(
        seed=said.get("seed", 0),
        minutes=said.get("minutes", 0),
        load=said.get("load", {}),
        commit=str(said.get("commit", "unknown")),
        machine=str(said.get("machine", "unknown")),
        faults=dict(sorted(Counter(fault.kind for fault in run.faults if fault.done).items())),
        not_done=[fault.text for fault in run.faults if not fault.done],
        accepted=outcomes[Outcome.DONE],
        refused=outcomes[Outcome.REFUSED],
        unknown=outcomes[Outcome.UNKNOWN],
        pages=sum(message.type == "page" for message in run.messages),
        duplicates=duplicates(run),
        outside=Spread.of(until - since for since, until in first if run.calm(since, until)),
        inside=Spread.of(until - since for since, until in first if not run.calm(since, until)),
        heal=Spread.of(fault.heal_s for fault in run.faults if fault.done and isfinite(fault.end)),
        checks=[Judged(one.name, one.sentence, one.seen(run), found[one.name]) for one in CHECKS],
        violations=violations,
        quotes=_quotes(run.path, violations),
        began=run.began,
    )


def text(summary: Summary) -> str:
    """The report as people read it; its last line is for scripts."""
    page = StringIO()
    console = Console(file=page, width=WIDTH, no_color=True, highlight=False, markup=False, soft_wrap=True)
    console.print(f"Fault run of {summary.minutes:g} minutes, seed {summary.seed}, commit {summary.commit}")
    console.print(f"on {summary.machine}\n")
    console.print(f"load       {_load(summary.load)}")
    console.print(f"reports    {summary.accepted:,} accepted, {summary.refused:,} refused, {summary.unknown:,} unknown")
    console.print(f"pages      {summary.pages:,} at phones, {summary.duplicates:,} messages sent again")
    console.print(f"faults     {', '.join(f'{n} {kind}' for kind, n in summary.faults.items()) or 'none'}")
    if summary.not_done:
        console.print(f"not done   {', '.join(summary.not_done)}")
    console.print(f"first page {summary.outside} outside faults")
    console.print(f"           {summary.inside} with a fault in the way")
    console.print(f"healing    {summary.heal}")
    console.print(_table(summary.checks))
    for line in _violations(summary):
        console.print(line)
    console.print(summary.last_line)
    return page.getvalue().rstrip("\n")


def write_json(summary: Summary, path: Path) -> None:
    """The keys that scripts rely on, and more: what each check looked at, latencies, healing."""
    told = {
        name: getattr(summary, name)
        for name in ("seed", "minutes", "load", "commit", "machine", "faults", "not_done", "accepted", "refused",
                     "unknown", "pages", "duplicates")
    }  # fmt: skip
    told |= {
        "first_page_s": {"outside_faults": asdict(summary.outside), "with_faults": asdict(summary.inside)},
        "heal_s": asdict(summary.heal),
        "checks": [asdict(judged) for judged in summary.checks],
        "violations": [_violation(summary, violation) for violation in summary.violations],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")


def check_file(path: Path) -> int:
    """Judge a history again: the report on standard output, 1 when a promise was broken."""
    run = from_file(path)
    summary = summarise(run, check_all(run))
    print(text(summary))  # noqa: T201 - this is what a person asked for
    return 1 if summary.violations else 0


def _outcome(attempts: Sequence[Op]) -> Outcome:
    """Of all that was tried for one report: taken, surely not taken, or nobody knows."""
    found = {op.outcome for op in attempts}
    return next(one for one in (Outcome.DONE, Outcome.UNKNOWN, Outcome.REFUSED) if one in found)


def _quotes(path: Path | None, violations: Sequence[Violation]) -> Mapping[int, str]:
    wanted = {number for violation in violations for number in violation.lines[:QUOTED]}
    if path is None or not wanted:
        return {}
    with path.open(encoding="utf-8") as lines:
        return {n: line.strip()[:LONGEST] for n, line in enumerate(lines, start=1) if n in wanted}


def _load(load: Mapping[str, Any]) -> str:
    """The rate, and how it was come to."""
    if not load:
        return "unknown"
    told = f"{load['rate']:g} incidents a second"
    if "first_page" not in load:
        return f"{told}, as asked"
    carried = f"{told}: at {load['carried']:g} and without faults, first page {Spread(**load['first_page'])}"
    if not load["fits"]:
        return f"{carried}; more than this machine carries"
    return carried if load["rate"] == load["wished"] else f"{carried}; this machine carries no {load['wished']:g}"


def _table(checks: Sequence[Judged]) -> Table:
    table = Table("check", "promise", box=box.SIMPLE_HEAD)
    table.add_column("looked at", justify="right")
    table.add_column("broken", justify="right")
    for judged in checks:
        seen = f"{judged.seen:,}" if judged.seen else "nothing"
        table.add_row(judged.name, judged.sentence, seen, f"{judged.violations:,}")
    return table


def _violations(summary: Summary) -> Iterable[str]:
    shown: Counter[str] = Counter()
    for violation in summary.violations:
        shown[violation.check] += 1
        if shown[violation.check] > SHOWN:
            continue
        yield f"{violation.check} at {_at(summary, violation)}: {violation.text}"
        for number in violation.lines[:QUOTED]:
            yield f"    {number}: {summary.quotes.get(number, '')}"
    for check, n in shown.items():
        if n > SHOWN:
            yield f"{check}: {n - SHOWN:,} more"


def _at(summary: Summary, violation: Violation) -> str:
    return "the end" if violation.t == inf else f"{violation.t - summary.began:.2f} s"


def _violation(summary: Summary, violation: Violation) -> dict[str, object]:
    at_s = round(violation.t - summary.began, 3) if isfinite(violation.t) else None
    lines = {str(number): summary.quotes.get(number, "") for number in violation.lines[:QUOTED]}
    return {"check": violation.check, "text": violation.text, "at_s": at_s, "lines": lines}
