"""Until when somebody is present: a time that the database can keep, or none."""

import pytest
from pydantic import ValidationError

from services.alerting.shapes import PresenceIn


@pytest.mark.parametrize(
    "until",
    [
        "9999-12-31T23:59:59.999999Z",  # PostgreSQL's infinity
        "9999-12-31T23:59:59-14:00",  # after Python's last year in UTC
        "2200-01-01T00:00:00Z",
        "1900-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",  # PostgreSQL's -infinity
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_presence_until_a_time_that_nobody_means_is_refused_and_says_what_to_write(until: str) -> None:
    with pytest.raises(ValidationError, match="leave it out when it has no end"):
        PresenceIn.model_validate({"building": "HORST", "until": until})


@pytest.mark.parametrize("until", ["2199-12-31T23:59:59Z", "1900-01-01T00:00:01Z", None])
def test_a_presence_until_any_other_time_is_taken(until: str | None) -> None:
    assert (PresenceIn.model_validate({"building": None, "until": until}).until is None) == (until is None)
