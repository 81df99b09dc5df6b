"""A body becomes reports."""

import json
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake import batch
from services.intake.batch import Many
from services.intake.models import MOST_AT_ONCE, AlertmanagerNotification, Incident
from shared.problems import Problem

NDJSON = "application/x-ndjson; charset=utf-8"


def read(body: bytes, content_type: str = "application/json") -> Incident | Many[Incident]:
    return batch.read(Incident, body, content_type)


def text_of(found: Incident | Many[Incident]) -> str:
    assert isinstance(found, Incident)
    return found.text


@given(st.text())
def test_a_text_comes_through_but_for_the_character_that_postgresql_cannot_hold(text: str) -> None:
    body = json.dumps({"kind": "gas", "text": f"<{text}>"}).encode()
    if any("\ud800" <= char <= "\udfff" for char in text):
        return
    assert text_of(read(body)) == f"<{text}>".replace("\0", "\ufffd")


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert text_of(read(rb'{"kind": "gas", "text": "\\u0000"}')) == r"\u0000"


@pytest.mark.parametrize("body", [b"", b"{", b"nul", b"\xff{}", b'{"text": "\\ud800"}', b"[" * 5000, b"[1,"])
def test_what_is_not_json_is_a_bad_request(body: bytes) -> None:
    with pytest.raises(Problem) as raised:
        read(body)
    assert raised.value.status is HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("body", [b"42", b'"gas"', b"{}", b'{"kind": 7}', b"null"])
def test_json_that_is_no_incident_is_told_by_field(body: bytes) -> None:
    with pytest.raises(Problem) as raised:
        read(body)
    assert raised.value.status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert raised.value.errors


def test_the_items_of_an_array_stay_in_order_and_a_bad_one_stands_alone() -> None:
    found = read(b' [{"kind": "gas"}, 7, {"kind": "water"}]')
    assert isinstance(found, Many)
    gas, seven, water = found.items
    assert isinstance(gas, Incident)
    assert isinstance(seven, Problem)
    assert isinstance(water, Incident)
    assert (gas.kind, water.kind) == ("gas", "water")


def test_a_line_with_an_array_is_no_incident() -> None:
    found = read(b'[{"kind": "gas"}]\n{"kind": "gas"}', NDJSON)
    assert isinstance(found, Many)
    assert [isinstance(item, Problem) for item in found.items] == [True, False]


ONE = b'{"kind": "gas"}'


def many(count: int, one: bytes = ONE) -> dict[str, tuple[bytes, str]]:
    """So many reports in one body, with its content type."""
    return {
        "ndjson": (b"\n\n".join([one] * count), NDJSON),
        "array": (b"[" + b",".join([one] * count) + b"]", "application/json"),
    }


@pytest.mark.parametrize("how", many(0))
def test_a_request_holds_only_so_many_reports(how: str) -> None:
    found = read(*many(MOST_AT_ONCE)[how])
    assert isinstance(found, Many)
    assert all(isinstance(item, Incident) for item in found.items)
    with pytest.raises(Problem, match="more than 5,000 in one request: send fewer at a time") as raised:
        read(*many(MOST_AT_ONCE + 1)[how])
    assert raised.value.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.parametrize("alert", [b'{"status": "firing"}', b"{}"])
def test_a_notification_holds_only_so_many_alerts(alert: bytes) -> None:
    body = b'{"alerts": %s}' % many(MOST_AT_ONCE + 1, alert)["array"][0]
    with pytest.raises(Problem, match="send fewer at a time") as raised:
        batch.one(AlertmanagerNotification, body)
    assert raised.value.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert raised.value.errors == []


@pytest.mark.parametrize("count", [60, 340_000])
def test_a_report_of_which_very_much_is_wrong_is_told_a_little(count: int) -> None:
    body = b'{"kind": "gas", "attachments": %s}' % many(count, b"{}")["array"][0]
    with pytest.raises(Problem) as raised:
        read(body)
    assert raised.value.status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert 1 <= len(raised.value.errors) <= 21


def test_of_very_many_faults_the_first_are_told_and_how_many_there_are() -> None:
    with pytest.raises(Problem) as raised:
        read(b'{"kind": "gas", "attachments": %s}' % many(60, b"{}")["array"][0])
    assert raised.value.errors[0] == {"field": "attachments.0.url", "detail": "Field required"}
    assert raised.value.errors[-1] == {"field": "body", "detail": "120 faults in all"}


def test_a_number_that_json_cannot_say_does_not_reach_a_topic() -> None:
    with pytest.raises(Problem):
        read(b'[{"kind": "gas", "details": {"x": NaN}}]')
