"""C8: what people see is what the topics tell, in the order in which it happened."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.proof.checker import order
from tests.proof.checker.facts import PageVersion, Record, Version
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation

Fields = tuple[object, ...]


def check(run: Run) -> list[Violation]:
    """The tables are a fold of the topics: the first report of an incident, the highest version of alert and page."""
    return [*_versions(run), *_tables(run), *_taken_up(run), *order.check(run)]


def seen(run: Run) -> int:
    """Rows of views and events of live streams."""
    rows = sum(len(rows) for table, rows in run.back.rows.items() if table.startswith("view_"))
    return rows + sum(len(told) for told in run.told.values())


def _versions(run: Run) -> Iterator[Violation]:
    """Each version of an alert and a page is on the topic, and tells one thing."""
    for first, second in run.back.twice:
        yield Violation("C8", "one version tells two things", run.end, (first, second))
    for name, things in (("alert", run.back.alerts), ("page", run.back.pages)):
        yield from _gaps(name, things)


def _gaps(
    name: str, things: Mapping[str, Sequence[Version]] | Mapping[str, Sequence[PageVersion]]
) -> Iterator[Violation]:
    for id_, versions in things.items():
        if versions[-1].version != len(versions):
            there = {version.version for version in versions}
            missing = next(n for n in range(1, versions[-1].version + 1) if n not in there)
            yield Violation("C8", f"version {missing} of {name} {id_} never left", versions[-1].t, (versions[-1].n,))


def _tables(run: Run) -> Iterator[Violation]:
    """Views against the topics; alerting's own tables too, because state and events leave together."""
    incidents = {id_: (record, _incident(record)) for id_, record in run.known.items()}
    alerts = {id_: (versions[-1], _alert(versions[-1])) for id_, versions in run.back.alerts.items()}
    pages = {id_: (versions[-1], _page(versions[-1])) for id_, versions in run.back.pages.items()}
    yield from _table(run, "view_incidents", "incident_id", ("building",), incidents)
    for table in ("view_alerts", "alerts"):
        yield from _table(run, table, "alert_id", ("version", "state", "step"), alerts)
    for table in ("view_pages", "pages"):
        yield from _table(run, table, "page_id", ("version", "state", "answer"), pages)


def _incident(record: Record) -> Fields:
    return (record.building,)


def _alert(version: Version) -> Fields:
    return version.version, version.state, version.step


def _page(version: PageVersion) -> Fields:
    return version.version, version.state, version.answer


def _table(
    run: Run, table: str, key: str, columns: Sequence[str], told: Mapping[str, tuple[Any, Fields]]
) -> Iterator[Violation]:
    """Every row is the fold's, and the fold has no other."""
    rows = {row.values[key]: row for row in run.back.rows.get(table, ())}
    for id_, (fact, fields) in told.items():
        row = rows.get(id_)
        if row is None:
            yield Violation("C8", f"{key} {id_} is on a topic and not in {table}", fact.t, (fact.n,))
        elif (found := tuple(row.values[column] for column in columns)) != fields:
            text = f"{table} has {found} for {key} {id_}, the topic {fields} ({', '.join(columns)})"
            yield Violation("C8", text, fact.t, (fact.n, row.n))
    for id_, row in rows.items():
        if id_ not in told:
            yield Violation("C8", f"{key} {id_} is in {table} and on no topic", run.end, (row.n,))


def _taken_up(run: Run) -> Iterator[Violation]:
    """An alert takes up what was reported, and nothing else."""
    for incident_id, alerts in run.back.alerts_of.items():
        if incident_id not in run.known:
            version = run.back.alerts[alerts[0]][0]
            text = f"alert {alerts[0]} took up incident {incident_id}, which no topic tells of"
            yield Violation("C8", text, version.t, (version.n,))
