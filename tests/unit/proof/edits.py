"""Edits of a history: each touches the lines that it names, and fails when there is none."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.proof.history import How, Line

Lines = list[Line]
Edit = Callable[[Lines], Lines]


def drop(op: str, id_: str | None = None, **value: Any) -> Edit:
    """Without these lines."""
    return lambda lines: [line for line, hit in _marked(lines, op, id_, value) if not hit]


def change(op: str, id_: str | None = None, to: dict[str, Any] | None = None, **value: Any) -> Edit:
    """These lines with other values."""
    return lambda lines: [
        replace(line, value={**line.value, **(to or {})}) if hit else line
        for line, hit in _marked(lines, op, id_, value)
    ]


def move(op: str, id_: str | None = None, by: float = 0.0, **value: Any) -> Edit:
    """These lines so many seconds later; of records and their timeline lines the stamp."""
    return lambda lines: [_later(line, by) if hit else line for line, hit in _marked(lines, op, id_, value)]


def became(op: str, id_: str, how: How, **value: Any) -> Edit:
    """The answer of an operation, another one."""

    def edit(lines: Lines) -> Lines:
        assert any(line.op == op and line.id == id_ for line in lines)
        return [
            replace(line, how=how, value=value) if (line.op, line.id) == (op, id_) and line.how is not How.INVOKE
            else line
            for line in lines
        ]  # fmt: skip

    return edit


def again(op: str, id_: str | None = None, to: dict[str, Any] | None = None, named: str | None = None,
          by: float = 0.3, **value: Any) -> Edit:  # fmt: skip
    """One line more like the first of these: a little later, with other values, under another id."""

    def edit(lines: Lines) -> Lines:
        line = next(line for line, hit in _marked(lines, op, id_, value) if hit)
        copy = replace(line, t=line.t + by, id=line.id if named is None else named, value={**line.value, **(to or {})})
        return sorted([*lines, copy], key=lambda line: line.t)

    return edit


def swap(op: str, field: str, one: dict[str, Any], other: dict[str, Any]) -> Edit:
    """Two lines change a value."""

    def edit(lines: Lines) -> Lines:
        first, second = (next(line for line, hit in _marked(lines, op, None, w) if hit) for w in (one, other))
        to = {id(first): second.value[field], id(second): first.value[field]}
        return [replace(line, value={**line.value, field: to[id(line)]}) if id(line) in to else line for line in lines]

    return edit


def both(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(lines: Lines) -> Lines:
        for one in edits:
            lines = one(lines)
        return lines

    return edit


def _marked(lines: Lines, op: str, id_: str | None, value: dict[str, Any]) -> list[tuple[Line, bool]]:
    marked = [(line, _is(line, op, id_, value)) for line in lines]
    assert any(hit for _, hit in marked), f"no line {op} {id_} {value}"
    return marked


def _is(line: Line, op: str, id_: str | None, value: dict[str, Any]) -> bool:
    if line.op != op or id_ not in {None, line.id}:
        return False
    return all(line.value.get(name) == wanted for name, wanted in value.items())


def _later(line: Line, by: float) -> Line:
    if line.op != "record":
        return replace(line, t=line.t + by)
    return replace(line, value={**line.value, "stamp_ms": line.value["stamp_ms"] + int(by * 1000)})
