"""C10: every record was seen by everybody who must see it, and what nobody can read lies apart, alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from shared import topics
from tests.proof.checker.facts import Op, Outcome, Row
from tests.proof.checker.run import Run
from tests.proof.checker.violation import Violation

Place = tuple[str, int, int]


def check(run: Run) -> list[Violation]:
    """No offset is missing in any ledger; dead letters are the injected poison and nothing else."""
    return [*_ledger(run), *_dead(run), *_told(run)]


def seen(run: Run) -> int:
    """Partitions in ledgers."""
    return len(run.back.rows.get("ledger", ()))


def _ledger(run: Run) -> Iterator[Violation]:
    rows: dict[tuple[str, str], dict[tuple[str, int], Row]] = defaultdict(dict)
    for row in run.back.rows.get("ledger", ()):
        said = row.values
        rows[said["service"], said["consumer"]][said["topic"], said["partition"]] = row
    for service in ("alerting", "reporting"):
        if run.back.ends and not any(service == name for name, _ in rows):
            yield Violation("C10", f"no ledger of {service} was read back", run.end, ())
    for (service, consumer), there in rows.items():
        wanted = topics.of_consumer(service)
        ends = {place: end for place, end in run.back.ends.items() if place[0] in wanted}
        yield from _of_consumer(run, consumer, there, ends)


def _of_consumer(
    run: Run, consumer: str, rows: Mapping[tuple[str, int], Row], ends: Mapping[tuple[str, int], int]
) -> Iterator[Violation]:
    for (topic, partition), end in ends.items():
        row, name = rows.get((topic, partition)), f"partition {partition} of {topic}"
        if row is None:
            yield Violation("C10", f"{consumer} has no ledger of {name}, which has {end} records", run.end, ())
            continue
        if row.values["missing"]:
            yield Violation("C10", f"{consumer} missed {row.values['missing']} of {name}", run.end, (row.n,))
        if row.values["next_offset"] != end:
            text = f"{consumer} is at {row.values['next_offset']} of {name}, which ends at {end}"
            yield Violation("C10", text, run.end, (row.n,))


def _dead(run: Run) -> Iterator[Violation]:
    injected = _injected(run)
    unknown = Counter(op.asked["topic"] for op in run.poisons if op.outcome is not Outcome.DONE)
    dead: dict[str, dict[Place, Row]] = defaultdict(dict)
    for row in run.back.rows.get("dead_letters", ()):
        said = row.values
        dead[said["service"]][said["topic"], said["partition"], said["offset"]] = row
    for service in ("alerting", "reporting"):
        wanted = topics.of_consumer(service)
        for place, op in injected.items():
            if place[0] in wanted and place not in dead[service]:
                text = f"{service} did not bury the poison at {_named(place)}"
                yield Violation("C10", text, op.t1, op.lines)
        yield from _uninjected(run, service, {p: r for p, r in dead[service].items() if p not in injected}, unknown)


def _told(run: Run) -> Iterator[Violation]:
    """Operators find it on the topic of dead letters (P4)."""
    for place, op in _injected(run).items():
        if place not in run.back.buried:
            yield Violation("C10", f"the poison at {_named(place)} is not on {place[0]}.dead", op.t1, op.lines)


def _injected(run: Run) -> Mapping[Place, Op]:
    return {_place(op): op for op in run.poisons if op.outcome is Outcome.DONE}


def _uninjected(run: Run, service: str, found: Mapping[Place, Row], unknown: Mapping[str, int]) -> Iterator[Violation]:
    """Beyond what was injected, at most as many as nobody knows whether they landed."""
    left = Counter(unknown)
    for place, row in sorted(found.items()):
        left[place[0]] -= 1
        if left[place[0]] < 0:
            text = f"{service} buried {_named(place)}, which nobody injected: {row.values['reason']}"
            yield Violation("C10", text, run.end, (row.n,))


def _place(op: Op) -> Place:
    return op.told["topic"], op.told["partition"], op.told["offset"]


def _named(place: Place) -> str:
    return f"{place[0]}, partition {place[1]}, offset {place[2]}"
