"""Cursors say where a list goes on, and anything else is a bad field."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.cursor import Place, after_place, after_revision, read_place, read_revision
from shared.problems import Problem

PLACE = Place(datetime(2026, 3, 2, 14, 0, 0, 123456, tzinfo=UTC), UUID(int=7))


def test_a_cursor_is_read_back() -> None:
    assert read_place(after_place(PLACE)) == PLACE
    assert read_revision(after_revision(41), since=3) == 41


def test_without_a_cursor_a_list_starts_at_its_beginning() -> None:
    assert read_place(None) is None
    assert read_revision(None, since=3) == 3


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "bnVsbA", "WzEsMl0", "W10", after_revision(1), "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwieCJd"]
)
def test_what_is_no_place_of_ours_is_a_bad_cursor(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        read_place(cursor)
    assert refused.value.status == 422
    assert [error["field"] for error in refused.value.errors] == ["cursor"]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_no_database_keeps_is_a_bad_cursor(at: str) -> None:
    with pytest.raises(Problem):
        read_place(after_place(PLACE._replace(at=datetime.fromisoformat(at))))


@pytest.mark.parametrize("cursor", ["", "x", after_place(PLACE), after_revision(-1), after_revision(2**63), "W3RydWVd"])
def test_what_is_no_revision_of_ours_is_a_bad_cursor(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        read_revision(cursor, since=0)
    assert refused.value.status == 422
