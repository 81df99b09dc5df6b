"""Reads the response plans of a campus file and finds a plan that no incident can ever reach."""

from collections.abc import Sequence
from datetime import time

from shared.campus.cursor import Cursor, Record
from shared.campus.model import Hours, Plan, Step
from shared.campus.names import ID, Names, bilingual, unique
from shared.campus.vocabulary import Day
from shared.words import Function, Kind, Severity

TOTAL = "total"
Instant = tuple[int, time]


def read_plans(places: Sequence[Cursor], names: Names) -> tuple[Plan, ...]:
    """All plans in order: the first that holds is the one that acts."""
    rows = [place.record(("id", "name", "kinds", "needed", "steps"), ("min_severity", "hours")) for place in places]
    unique((row["id"] for row in rows), "plan")
    plans = tuple(_plan(row, names) for row in rows)
    for n, row in enumerate(rows):
        earlier = _hidden_behind(plans[n], plans[:n])
        if earlier:
            row.place.fail(
                f'plan "{plans[n].id}" can never be chosen: {_quoted(earlier)} before it already take each of its '
                "kinds, severities and hours; move it up or narrow those"
            )
    return plans


def _plan(row: Record, names: Names) -> Plan:
    return Plan(
        id=row["id"].matching(ID, "a plan id: letters, digits, - . and _, such as fire"),
        name=bilingual(row["name"]),
        kinds=_kinds(row["kinds"]),
        min_severity=row["min_severity"].choice("severity", Severity, Severity.UNKNOWN),
        hours=_hours(row["hours"]) if row["hours"] else None,
        needed=_needed(row["needed"]),
        steps=_steps(row["steps"], names),
    )


def _kinds(place: Cursor) -> tuple[Kind, ...]:
    elements = place.elements()
    if place and not elements:
        place.fail("a plan without kinds never holds; write `kinds: [fire.alarm]`")
    unique(elements, "kind")
    return tuple(element.choice("kind", Kind, Kind.OTHER) for element in elements)


def _hours(place: Cursor) -> tuple[Hours, ...]:
    """One window, or a list of them."""
    windows = (place,) if place.is_mapping else place.elements()
    if not windows:
        place.fail("no window; write `hours: {days: [mon], from: 08:00, to: 18:00}`, or leave it out for always")
    return tuple(_window(window) for window in windows)


def _window(place: Cursor) -> Hours:
    """Days default to all, times to the whole day; from and to are written both or not at all."""
    row = place.record((), ("days", "from", "to"))
    if bool(row["from"]) != bool(row["to"]):
        place.fail('"from" and "to" belong together; write both, or neither for the whole day')
    start, end = row["from"].clock(), row["to"].clock()
    if row["from"] and row["to"] and start == end:
        row["to"].fail('"from" and "to" are the same; leave both out for the whole day')
    days = tuple(element.choice("day", Day, Day.MON) for element in row["days"].elements())
    return Hours(days or tuple(Day), start, end)


def _needed(place: Cursor) -> dict[str, int]:
    row = place.record((TOTAL,), tuple(Function))
    needed = {key: cursor.integer(least=1) for key, cursor in row.found.items()}
    total = needed.get(TOTAL, 1)
    for key, count in needed.items():
        if count > total:
            row[key].fail(f"{count} x {key} are more than the {total} needed in total; raise the total")
    return {TOTAL: total, **needed}


def _steps(place: Cursor, names: Names) -> tuple[Step, ...]:
    elements = place.elements()
    if place and not elements:
        place.fail("a plan without steps pages nobody; add `- {teams: [bhv], for: 45s}`")
    return tuple(_step(element, names) for element in elements)


def _step(place: Cursor, names: Names) -> Step:
    row = place.record(("teams", "for"))
    teams = row["teams"].elements()
    if row["teams"] and not teams:
        row["teams"].fail("a step without teams pages nobody; write `teams: [bhv]`")
    unique(teams, "team")
    return Step(tuple(names.step_team(team) for team in teams), row["for"].duration())


def _hidden_behind(plan: Plan, earlier: Sequence[Plan]) -> tuple[str, ...]:
    """The earlier plans that together leave nothing for this one.

    Its lowest severity decides: an earlier plan that takes that one takes every higher one too. Between two starts or
    ends of windows nothing changes, so those instants stand for the whole week.
    """
    instants = _instants((plan, *earlier))
    found: set[str] = set()
    for kind in plan.kinds:
        rivals = [p for p in earlier if kind in p.kinds and p.min_severity.rank <= plan.min_severity.rank]
        for instant in (i for i in instants if _holds(plan, i)):
            first = next((p.id for p in rivals if _holds(p, instant)), None)
            if first is None:
                return ()
            found.add(first)
    return tuple(p.id for p in earlier if p.id in found)


def _instants(plans: Sequence[Plan]) -> list[Instant]:
    times = {time(0)} | {edge for p in plans for w in p.hours or () for edge in (w.start, w.end)}
    return [(weekday, at) for weekday in range(7) for at in times]


def _holds(plan: Plan, instant: Instant) -> bool:
    return plan.hours is None or any(window.covers(*instant) for window in plan.hours)


def _quoted(ids: Sequence[str]) -> str:
    return ("plan " if len(ids) == 1 else "plans ") + ", ".join(f'"{i}"' for i in ids)
