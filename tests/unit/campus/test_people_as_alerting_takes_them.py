"""What the campus file takes, alerting's API takes too: else a check passes and the first start fails."""

import pytest
from pydantic import ValidationError

from services.alerting.channels import webhook
from services.alerting.shapes import MemberIn
from shared.campus import Person
from shared.campus.advice import advise
from shared.campus.people import ADDRESS_LENGTH, MOST_CHANNELS, MOST_TEAMS, NAME_LENGTH
from tests.unit.campus.small import campus, people, people_errors

ADDRESSES = (
    "https://pager.example.org/fenna", "http://pager:8080/", "HTTPS://PAGER.example.org", "https://[2001:db8::1]/x",
    "mailto:a@b.nl", "ftp://pager.example.org", "pager.example.org", "https://", "http:///x", "https://[::1", "https:x",
    "http://a:port/", "//pager.example.org", f"https://{'a' * 70}.nl/", "https://a..b/", "http://10.0.0.1/",
)  # fmt: skip
INSIDE = ("http://127.0.0.1/", "http://10.0.0.1:80/x", "http://[::1]/", "http://127.1/", "http://2130706433/")


def webhook_of(address: str) -> str:
    """People with one member, who has this webhook."""
    return (
        "people: [{member_id: a, name: A, language: nl, teams: [security], "
        f"channels: [{{kind: webhook, address: '{address}'}}]}}]"
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_webhook_that_alerting_refuses_is_a_mistake_and_no_other(address: str) -> None:
    if webhook.refused(address, allow_private=True) is None:
        assert people(webhook_of(address))[0].channels[0].address == address
    else:
        assert "is no webhook" in people_errors(webhook_of(address))[0]


@pytest.mark.parametrize("address", INSIDE)
def test_a_webhook_inside_is_worth_a_note_for_a_setting_allows_it(address: str) -> None:
    assert webhook.refused(address, allow_private=False)
    [note] = private_notes(people(webhook_of(address)))
    assert note == f"webhook of a leads inside ({address}): it needs ALERTING_ALLOW_PRIVATE_TARGETS=true"


@pytest.mark.parametrize("address", ["https://pager.example.org/", "https://8.8.8.8/", "https://[2606:4700::1111]/"])
def test_a_public_webhook_is_worth_none(address: str) -> None:
    assert webhook.refused(address, allow_private=False) is None
    assert private_notes(people(webhook_of(address))) == []


def private_notes(everybody: tuple[Person, ...]) -> list[str]:
    """What is said about addresses inside."""
    return [note for note in advise(campus(), everybody) if "PRIVATE" in note]


@pytest.mark.parametrize(
    ("field", "one", "most"),
    [("teams", "security", MOST_TEAMS), ("channels", {"kind": "tablet", "address": "t"}, MOST_CHANNELS)],
)
def test_a_member_of_the_file_has_as_many_as_alerting_takes(field: str, one: object, most: int) -> None:
    MemberIn.model_validate({"name": "A", field: [one] * most})
    with pytest.raises(ValidationError):
        MemberIn.model_validate({"name": "A", field: [one] * (most + 1)})


def test_texts_of_the_file_are_as_long_as_alerting_takes() -> None:
    MemberIn.model_validate(member("A" * NAME_LENGTH, "t" * ADDRESS_LENGTH))
    with pytest.raises(ValidationError):
        MemberIn.model_validate(member("A" * (NAME_LENGTH + 1), "t"))
    with pytest.raises(ValidationError):
        MemberIn.model_validate(member("A", "t" * (ADDRESS_LENGTH + 1)))


def member(name: str, address: str) -> dict[str, object]:
    """Somebody with a tablet."""
    return {"name": name, "channels": [{"kind": "tablet", "address": address}]}
