"""Headers and addresses that a browser of ours never sends are refused, not stumbled over."""

from pathlib import Path

import pytest
from fastapi import Request

from shared import auth, pages
from shared.auth import Auth
from shared.problems import Problem
from shared.settings import Common

SECRET = "0123456789abcdef0123456789abcdef"
ACCOUNTS = '[{"username": "op", "password_hash": "%s", "role": "operator"}]'


@pytest.fixture(name="people")
def _people(tmp_path: Path) -> Auth:
    accounts = tmp_path / "accounts.json"
    accounts.write_text(ACCOUNTS % auth.hash_password("secret"))
    return Auth(Common.model_validate({"meldkamer_secret": SECRET, "meldkamer_accounts": accounts}))


def change(session: str, **headers: str) -> Request:
    sent = {"cookie": f"{auth.COOKIE}={session}", "host": "here", **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()]
    return Request({"type": "http", "method": "PUT", "path": "/", "query_string": b"", "headers": raw})


@pytest.mark.parametrize("origin", ["null", "", "http://[", "http://evil", "evil"])
@pytest.mark.parametrize("host", ["here", ""])
def test_a_change_from_another_origin_is_refused(people: Auth, origin: str, host: str) -> None:
    session = people.log_in("op", "secret")
    assert session is not None
    with pytest.raises(Problem) as raised:
        people.person(change(session, origin=origin, host=host))
    assert raised.value.status == 403


def test_a_change_from_our_own_pages_is_taken(people: Auth) -> None:
    session = people.log_in("op", "secret")
    assert session is not None
    assert people.person(change(session, origin="http://here")) is not None


@pytest.mark.parametrize("back", ["//[", "//evil", "/\\evil", "/\t/evil", "http://evil", "evil", ""])
def test_nobody_is_sent_elsewhere_after_the_log_in(back: str) -> None:
    assert pages._local(back) == "/"
