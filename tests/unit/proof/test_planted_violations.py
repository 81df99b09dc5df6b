"""Whatever is planted in a clean history is found, by the check whose promise it breaks and by no other."""

from collections.abc import Callable
from itertools import chain

import pytest

from tests.proof.checker.check import CHECKS, check_all
from tests.proof.checker.gather import from_lines
from tests.proof.history import Line
from tests.unit.proof import planted_calls, planted_records
from tests.unit.proof.clean import clean
from tests.unit.proof.edits import Edit
from tests.unit.proof.telling import Telling

PLANTED = {**planted_calls.EDITS, **planted_records.EDITS}
UNSHOWN = {"no rebuild", "levels that nobody looked at in the end", "a partition that a consumer never saw",
           "a service without a ledger"}  # fmt: skip


@pytest.mark.parametrize(("name", "check", "edit"), [(name, *planted) for name, planted in PLANTED.items()])
def test_what_is_planted_is_found_by_the_check_of_its_promise_alone(name: str, check: str, edit: Edit) -> None:
    _found(name, check, edit(clean()))


@pytest.mark.parametrize(("name", "check", "story"), [(name, *told) for name, told in planted_calls.STORIES.items()])
def test_a_story_that_breaks_a_promise_is_found(name: str, check: str, story: Callable[[Telling], None]) -> None:
    _found(name, check, clean(story))


def test_something_is_planted_for_every_check() -> None:
    planted = {check for check, _ in chain(PLANTED.values(), planted_calls.STORIES.values())}

    assert planted == {check.name for check in CHECKS}


def _found(name: str, check: str, lines: list[Line]) -> None:
    found = check_all(from_lines(lines))

    assert {violation.check for violation in found} == {check}, [f"{v.check}: {v.text}" for v in found]
    shown = {number for violation in found for number in violation.lines}
    assert shown or name in UNSHOWN
    assert shown <= set(range(1, len(lines) + 1))
