"""The cookie tells who logged in; whether he still may, and as what, is what the accounts file says now."""

import json
from pathlib import Path

import pytest
from fastapi import Request
from itsdangerous import URLSafeTimedSerializer

from shared import auth
from shared.auth import Auth, Person
from shared.settings import Common
from shared.words import Role

SECRET = "0123456789abcdef0123456789abcdef"
PASSWORD = "open sesame"
HASH = auth.hash_password(PASSWORD)


def service(accounts: Path | None) -> Auth:
    """A service that was just started."""
    return Auth(Common.model_validate({"meldkamer_secret": SECRET, "meldkamer_accounts": accounts}))


def account(**other: str | None) -> dict[str, str | None]:
    """Olga, an operator, but for what is said."""
    return {"username": "olga", "password_hash": HASH, "role": "operator", "member_id": "m1", **other}


def restarted(file: Path, *rows: dict[str, str | None]) -> Auth:
    """A service that was started after the accounts became these."""
    file.write_text(json.dumps(rows))
    return service(file)


def asks(session: str, method: str = "GET") -> Request:
    """Somebody with this cookie."""
    headers = [(b"cookie", f"{auth.COOKIE}={session}".encode()), (b"host", b"here")]
    return Request({"type": "http", "method": method, "path": "/", "query_string": b"", "headers": headers})


def forged(*content: object) -> str:
    """A cookie with this content, rightly signed."""
    return str(URLSafeTimedSerializer(SECRET, salt="session").dumps(content))


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.json"


@pytest.fixture(name="session")
def _session(file: Path) -> str:
    """Olga logged in while she was an operator."""
    session = restarted(file, account()).log_in("olga", PASSWORD)
    assert session is not None
    return session


def test_who_is_still_an_account_stays_logged_in_over_a_restart(file: Path, session: str) -> None:
    others = {**account(), "username": "rik"}
    assert restarted(file, others, account()).person(asks(session)) == Person("olga", Role.OPERATOR, "m1")


def test_who_was_removed_is_nobody_after_a_restart(file: Path, session: str) -> None:
    assert restarted(file, {**account(), "username": "rik"}).person(asks(session, "POST")) is None
    assert restarted(file).person(asks(session, "POST")) is None


def test_who_was_demoted_may_what_the_file_says_now(file: Path, session: str) -> None:
    demoted = restarted(file, account(role="auditor", member_id=None))
    assert demoted.person(asks(session)) == Person("olga", Role.AUDITOR)


def test_who_became_another_member_answers_for_that_one(file: Path, session: str) -> None:
    other = restarted(file, account(member_id="m2")).person(asks(session))
    assert other is not None
    assert other.member_id == "m2"


def test_a_new_password_ends_the_sessions_of_the_old_one(file: Path, session: str) -> None:
    changed = restarted(file, account(password_hash=auth.hash_password("another one")))
    assert changed.person(asks(session)) is None
    renewed = changed.log_in("olga", "another one")
    assert renewed is not None
    assert changed.person(asks(renewed)) == Person("olga", Role.OPERATOR, "m1")


@pytest.mark.parametrize(
    "content", [("olga", "operator", "m1"), ("olga", "operator", None), ("olga",), ("olga", "janitor", None, "x")]
)
def test_a_cookie_of_another_version_is_nobodys(file: Path, content: tuple[object, ...]) -> None:
    assert restarted(file, account()).person(asks(forged(*content))) is None


def test_a_cookie_does_not_tell_the_password_hash(file: Path) -> None:
    session = restarted(file, account()).log_in("olga", PASSWORD)
    assert session is not None
    content = URLSafeTimedSerializer(SECRET, salt="session").loads(session)
    assert not any(part and str(part) in HASH for part in content[3:])
    assert len(content) == 4


def test_without_an_accounts_file_the_cookie_stands() -> None:
    assert service(None).person(asks(forged("test", "auditor", None))) == Person("test", Role.AUDITOR)
