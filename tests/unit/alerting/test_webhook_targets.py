"""A member's webhook never leads into our own network, however the address is spelled."""

import pytest

from services.alerting.channels.webhook import refused, server

INSIDE = [
    "http://127.0.0.1/x",
    "http://2130706433/x",
    "http://127.1/x",
    "http://0177.0.0.1/x",
    "http://127.0.0.1./x",
    "http://0.0.0.0/x",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/x",
    "http://127\u30020\u30020\u30021/x",
    "http://[::1]/x",
    "http://[::ffff:127.0.0.1]/x",
    "http://[::127.0.0.1]/x",
    "http://[64:ff9b::7f00:1]/x",
    "http://[2002:7f00:1::]/x",
    "http://[fe80::1%25lo]/x",
    "http://169.254.169.254/latest",
    "http://224.0.0.1/x",
]
NOT_AN_ADDRESS = [
    "http://[",
    "http://[::1",
    "http://a:99999999/",
    "http://\u2100/",
    "ftp://example.org",
    "http:///x",
    "",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused_in_every_spelling(address: str) -> None:
    assert refused(address, allow_private=False) is not None


@pytest.mark.parametrize("address", NOT_AN_ADDRESS)
@pytest.mark.parametrize("allow_private", [True, False])
def test_what_is_no_address_is_refused_and_never_raises(address: str, allow_private: bool) -> None:
    assert refused(address, allow_private) == ("a webhook address starts with http:// or https:// and names a host")


@pytest.mark.parametrize("address", ["https://example.org/x", "http://1.1.1.1:8080/x", "http://[2606:4700::1111]/x"])
def test_an_address_outside_is_taken(address: str) -> None:
    assert refused(address, allow_private=False) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://push.example/a?b=c", "push.example"),
        ("https://user:secret@PUSH.example:443/d", "push.example"),
        ("http://push.example:8080/", "push.example:8080"),
        ("http://[::1]:9000/x", "[::1]:9000"),
        *((address, "") for address in ("", "http:///x", "http://[", "h1")),
    ],
)
def test_webhooks_of_one_server_are_known_as_such(address: str, name: str) -> None:
    assert server(address) == name


def test_loopback_is_taken_when_the_settings_allow_it() -> None:
    assert refused("http://127.0.0.1:9000/x", allow_private=True) is None
