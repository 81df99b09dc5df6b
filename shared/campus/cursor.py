"""A place in a YAML file that knows its line: reads what is there and notes what is wrong."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from enum import StrEnum
from typing import TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from shared.campus.problems import Problem, unknown

Word = TypeVar("Word", bound=StrEnum)

NULL = "tag:yaml.org,2002:null"
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Node, place and the list that problems go to. Without a node (an absent field) every read gives its default.

    A read that fails notes the problem and also gives its default, so that one pass finds all mistakes; whoever
    started the pass throws the result away when the list is not empty.
    """

    file: str
    node: Node | None
    problems: list[Problem] = field(repr=False)
    where: str = ""

    def __bool__(self) -> bool:
        """Whether something is written here; `null` is nothing."""
        return self.node is not None

    @property
    def is_null(self) -> bool:
        """Whether YAML reads nothing here, or an explicit null."""
        return self.node is None or self.node.tag == NULL

    @property
    def is_mapping(self) -> bool:
        """Whether `key: value` pairs stand here."""
        return isinstance(self.node, MappingNode)

    @property
    def line(self) -> int:
        """Line of the node, from 1; an absent field is on no line of its own."""
        return 1 if self.node is None else self.node.start_mark.line + 1

    def fail(self, message: str) -> None:
        """Note what is wrong here."""
        self.problems.append(Problem(self.file, self.line, self.where, message))

    def at(self, node: Node | None, where: str) -> "Cursor":
        """The cursor on another node of the same file."""
        there = Cursor(self.file, node, self.problems, where)
        return replace(there, node=None) if there.is_null else there

    def record(self, required: Iterable[str], optional: Iterable[str] = ()) -> "Record":
        """A mapping with these keys and no others, each at most once."""
        wanted, known = tuple(required), (*required, *optional)
        if self.node is None:
            return Record(self, {})
        if not isinstance(self.node, MappingNode):
            self.fail(f"expected a mapping with the keys {', '.join(known)}")
            return Record(self, {})
        found = self._pairs(self.node, known)
        for key in wanted:
            if key not in found:
                self.fail(f'"{key}" is missing; add `{key}:`')
        return Record(self, found)

    def _pairs(self, node: MappingNode, known: tuple[str, ...]) -> dict[str, "Cursor"]:
        found: dict[str, Cursor] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else "?"
            place = self.at(key_node, f"{self.where}.{key}".lstrip("."))
            if key in found:
                place.fail(f'"{key}" is written twice; keep one of them (the other is on line {found[key].line})')
            elif key not in known:
                place.fail(unknown("key", key, known))
            else:
                found[key] = self.at(value, place.where)
        return {key: cursor for key, cursor in found.items() if cursor}

    def elements(self) -> tuple["Cursor", ...]:
        """The elements of a list; nothing written is an empty list."""
        if self.node is None:
            return ()
        if not isinstance(self.node, SequenceNode):
            self.fail("expected a list: `[a, b]`, or one `- a` on each line")
            return ()
        places = [
            Cursor(self.file, node, self.problems, f"{self.where}[{n}]") for n, node in enumerate(self.node.value)
        ]
        for place in (place for place in places if place.is_null):
            place.fail("an empty element; write something or remove the line")
        return tuple(place for place in places if not place.is_null)

    def scalar(self, expected: str) -> str:
        """The text as written, so that `NO` and `07:30` stay what they look like."""
        if self.node is None:
            return ""
        if not isinstance(self.node, ScalarNode) or not self.node.value.strip():
            self.fail(f"expected {expected}")
            return ""
        return str(self.node.value).strip()

    def text(self) -> str:
        """Some text."""
        return self.scalar("text")

    def matching(self, pattern: str, expected: str) -> str:
        """Text of one form."""
        text = self.scalar(expected)
        if text and not re.fullmatch(pattern, text):
            self.fail(f'"{text}" is not {expected}')
            return ""
        return text

    def integer(self, least: int) -> int:
        """A whole number of at least `least`."""
        text = self.matching(r"-?\d{1,9}", f"a whole number of at least {least}")
        if text and int(text) < least:
            self.fail(f"{text} is too small; write at least {least}")
        return int(text) if text else least

    def number(self) -> float:
        """A decimal number."""
        return float(self.matching(r"-?\d{1,9}(\.\d+)?", "a number such as 6.8561") or 0)

    def boolean(self, default: bool) -> bool:
        """True or false, in YAML's own words."""
        text = self.scalar("true or false").lower()
        if text and text not in {"true", "false"}:
            self.fail(f'"{text}" is neither true nor false')
        return text == "true" if text in {"true", "false"} else default

    def choice(self, what: str, words: type[Word], default: Word) -> Word:
        """One word of a closed vocabulary."""
        text = self.scalar(f"a {what}: {', '.join(words)}")
        if text and text not in set(words):
            self.fail(unknown(what, text, words))
            return default
        return words(text) if text else default

    def duration(self) -> int:
        """Seconds, written as 45s, 2m or 1h."""
        text = self.matching(r"\d{1,4}[smh]", "a duration such as 45s, 2m or 1h")
        seconds = int(text[:-1]) * UNIT_SECONDS[text[-1]] if text else 1
        if seconds < 1:
            self.fail("a duration is at least 1s")
        return seconds

    def clock(self) -> time:
        """A time of day, written as 07:30."""
        text = self.matching(r"([01]\d|2[0-3]):[0-5]\d", "a time such as 07:30 or 18:00")
        return time.fromisoformat(text) if text else time(0)


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of a mapping; an absent one is an empty cursor."""

    place: Cursor
    found: Mapping[str, Cursor]

    def __getitem__(self, key: str) -> Cursor:
        """The field, or a cursor on nothing."""
        return self.found.get(key) or self.place.at(None, f"{self.place.where}.{key}".lstrip("."))


def compose(file: str, text: str, problems: list[Problem]) -> Cursor:
    """The root of one file; a file that is no YAML is a problem on the line where the parser gave up."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(file, line, "", f"not readable as YAML: {error.problem or error.context}"))
        return Cursor(file, None, problems)
    except yaml.YAMLError as error:
        problems.append(Problem(file, 1, "", f"not readable as YAML: {error}"))
        return Cursor(file, None, problems)
    return Cursor(file, None, problems).at(root, "")
