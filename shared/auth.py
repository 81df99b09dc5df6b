"""Who is asking: admin token, local account with a signed session cookie, or a page's signed link.

| role | may |
|---|---|
| responder | see and answer own pages |
| team_lead, facility_manager, director, auditor | and read the monitor |
| operator | and answer for others, act on alerts, keep members and presence |
| confidential_adviser | read chats, act on confidential alerts; the control room's part as a reader |
| admin | everything but chats |
"""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from fastapi import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from shared.errors import Misconfigured
from shared.problems import Problem
from shared.settings import Common
from shared.words import Role

COOKIE = "meldkamer_session"
SESSION_S = 12 * 3600
SAFE = ("GET", "HEAD", "OPTIONS")
READERS = frozenset(Role) - {Role.RESPONDER}
OPERATORS = frozenset({Role.OPERATOR, Role.ADMIN})
ADVISERS = frozenset({Role.ADVISER})
EVERYONE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking; `member_id` is set for people who are paged."""

    name: str
    role: Role
    member_id: str | None = None

    @property
    def sees_confidential(self) -> bool:
        """What is confidential is for the advisers (and the admin) alone; for others it is not there."""
        return self.role in {Role.ADVISER, Role.ADMIN}

    def acts_on(self, confidential: bool) -> bool:
        """Alerts are the control room's to act on, confidential ones the advisers'."""
        return self.sees_confidential if confidential else self.role in OPERATORS


@dataclass(frozen=True, slots=True)
class Account:
    """A local account; the password is argon2id."""

    username: str
    password_hash: str
    person: Person

    @property
    def mark(self) -> str:
        """Stands in the sessions of this password, and ends with it; tells nothing of the hash."""
        return hashlib.sha256(self.password_hash.encode()).hexdigest()[:16]


class Auth:
    """Built once per service from the settings; holds no connection."""

    def __init__(self, common: Common) -> None:
        self._token = common.meldkamer_admin_token.get_secret_value()
        self._secret = common.meldkamer_secret.get_secret_value()
        self._accounts = _read_accounts(common.meldkamer_accounts)
        self._base = common.meldkamer_base_url.rstrip("/")
        self._hasher = PasswordHasher()

    def log_in(self, username: str, password: str) -> str | None:
        """A session for the cookie, or None. Slow on purpose (argon2id): call it in a thread."""
        account = (self._accounts or {}).get(username)
        try:
            self._hasher.verify(account.password_hash if account else _NOBODY, password)
        except VerificationError:
            return None
        if account is None:
            return None
        person = account.person
        return self._sessions().dumps([person.name, person.role.value, person.member_id, account.mark])

    def person(self, request: Request) -> Person | None:
        """Who the token or cookie says it is."""
        header = request.headers.get("authorization", "")
        if header.startswith("Bearer "):
            good = self._token and hmac.compare_digest(header[7:].encode(), self._token.encode())
            return Person("admin", Role.ADMIN) if good else None
        cookie = request.cookies.get(COOKIE)
        person = self._of_session(cookie) if cookie and self._secret else None
        if person is not None:
            self._check_origin(request)
        return person

    def require(self, roles: frozenset[Role]) -> Callable[[Request], Awaitable[Person]]:
        """A FastAPI dependency: 401 without a valid log-in, 403 outside the roles."""

        async def dependency(request: Request) -> Person:
            person = self.person(request)
            if person is None:
                detail = "log in, or send Authorization: Bearer <token>"
                raise Problem(HTTPStatus.UNAUTHORIZED, detail, headers=_CHALLENGE)
            if person.role not in roles:
                raise Problem(HTTPStatus.FORBIDDEN, f"the role {person.role} may not do this")
            return person

        return dependency

    def sign(self, page_id: UUID) -> str:
        """The token of a page's answer link: one page, one person, no log-in."""
        return hmac.new(self._secret.encode(), b"answer:" + page_id.bytes, hashlib.sha256).hexdigest()[:32]

    def signed(self, page_id: UUID, token: str) -> bool:
        """True for the token that `sign` gave this page."""
        return bool(self._secret) and hmac.compare_digest(self.sign(page_id).encode(), token.encode())

    def answer_url(self, page_id: UUID) -> str:
        """Where this page's member answers without logging in: GET shows buttons, POST takes an answer."""
        return f"{self._base}/alerting/respond/{page_id}?token={self.sign(page_id)}"

    def _of_session(self, cookie: str) -> Person | None:
        """Who the cookie names, as the accounts file has him now. Only without such a file the cookie itself tells."""
        try:
            name, *told = self._sessions().loads(cookie, max_age=SESSION_S)
        except BadSignature:
            return None
        if self._accounts is None:
            return Person(name, Role(told[0]), told[1])
        account = self._accounts.get(name)
        return account.person if account and told[2:] == [account.mark] else None

    def _sessions(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret, salt="session")

    def _check_origin(self, request: Request) -> None:
        """A cookie counts for a change only from our own pages (CSRF)."""
        if request.method in SAFE:
            return
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin" if origin is None else "")
        own = (urlsplit(self._base).netloc, request.headers.get("host", ""))
        if site not in ("same-origin", "none") and (origin is None or _netloc(origin) not in own):
            raise Problem(HTTPStatus.FORBIDDEN, "this request came from another site")


def _netloc(origin: str) -> str | None:
    """The host and port of an origin; None for `null` and for what is none."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="meldkamer"'}
# Compared with when the user name is unknown, so that an answer takes as long either way.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$Y6X6Y9Fp1n1yO6y3Q0mJmWkq0w1Yb2kZqf0cPp8m2yA"


def hash_password(password: str) -> str:
    """argon2id with the library's defaults (RFC 9106, low memory)."""
    return PasswordHasher().hash(password)


def _read_accounts(path: Path | None) -> dict[str, Account] | None:
    """By user name; None where no file is configured, which is not the same as one without accounts."""
    if path is None:
        return None
    try:
        rows = json.loads(path.read_text())
        accounts = [
            Account(r["username"], r["password_hash"], Person(r["username"], Role(r["role"]), r.get("member_id")))
            for r in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Misconfigured(f"MELDKAMER_ACCOUNTS {path}: {type(error).__name__} {error}") from error
    return {account.username: account for account in accounts}
