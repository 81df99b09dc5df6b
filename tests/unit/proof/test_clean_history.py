"""A run in which every promise was kept has no violation, whatever faults and refusals it had."""

from tests.proof.checker.check import CHECKS, check_all
from tests.proof.checker.gather import from_lines
from tests.unit.proof import wrong
from tests.unit.proof.clean import clean


def test_a_clean_history_has_no_violation() -> None:
    found = check_all(from_lines(clean()))

    assert [f"{violation.check}: {violation.text}" for violation in found] == []


def test_every_check_looks_at_something_in_it() -> None:
    run = from_lines(clean())

    assert [check.name for check in CHECKS if check.seen(run) == 0] == []


def test_lost_receipts_explain_that_a_page_is_tried_again() -> None:
    run = from_lines(clean(lambda telling: wrong.tells_again_and_again(telling, 5)))

    assert check_all(run) == []
