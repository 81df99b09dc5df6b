"""A part of C8: records keep the order of their sources' acknowledgements, live streams the order of revisions."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf

from tests.proof.checker.facts import Record, Told
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation


def check(run: Run) -> Iterator[Violation]:
    """Order per building (P3), and of every stream."""
    for place, records in run.back.records.items():
        yield from _keys(run, place, records)
    for (who, stream), told in run.told.items():
        yield from _stream(who, stream, told)


def _keys(run: Run, place: tuple[str, int], records: Sequence[Record]) -> Iterator[Violation]:
    """What was begun after another was acknowledged lies behind it, in each building."""
    latest: dict[str | None, tuple[float, Record]] = {}
    known: set[str] = set()
    for record in records:
        attempts = run.reports.get(record.external_id or "")
        if not attempts or record.incident_id in known:
            continue
        known.add(record.incident_id)
        begun, other = latest.get(record.building, (-inf, record))
        accepted = run.accepted.get(record.incident_id)
        if accepted is not None and accepted.t1 < begun:
            text = f"report {record.external_id} was acknowledged before {other.external_id} was begun"
            text += f" and lies behind it in {place[0]}, partition {place[1]}"
            yield Violation("C8", text, record.t, (*accepted.lines, other.n, record.n))
        if attempts[0].t0 > begun:
            latest[record.building] = attempts[0].t0, record


def _stream(who: str, stream: str, told: Sequence[Told]) -> Iterator[Violation]:
    """Revisions grow, from the one that the reader asked to go on from; versions of one thing never go back."""
    versions: dict[str, Told] = {}
    for before, one in pairwise(told):
        if one.revision <= before.revision:
            text = f"{who} was told revision {one.revision} after {before.revision} in {stream}"
            yield Violation("C8", text, one.t, (before.n, one.n))
        if one.entity is None or one.version is None:
            continue
        known = versions.get(one.entity)
        if known is not None and known.version is not None and one.version < known.version:
            text = f"{who} was told version {one.version} of {one.entity} after version {known.version}"
            yield Violation("C8", text, one.t, (known.n, one.n))
        versions[one.entity] = one
