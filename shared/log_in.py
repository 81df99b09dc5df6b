"""When a password is checked: one at a time, few wrong ones from one address, and never at the expense of paging.

A check takes a core and 64 MiB on purpose (argon2id), and anybody may ask for one: so checks have one thread of their
own and a short line before it.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from http import HTTPStatus

from shared import clock
from shared.auth import Auth
from shared.limit import MINUTE_S, Limits
from shared.problems import RETRY_AFTER_S

WRONG_PER_MINUTE = 10
LINE = 8


class No(Enum):
    """Why somebody is not logged in; the page says it in words."""

    WRONG = "wrong"
    MANY = "many"
    BUSY = "busy"

    @property
    def status(self) -> HTTPStatus:
        """Of the answer."""
        return _STATUS[self]

    @property
    def headers(self) -> dict[str, str]:
        """Of the answer: `Retry-After` in seconds where trying again helps."""
        return {"retry-after": str(_AGAIN_S[self])} if self in _AGAIN_S else {}


_STATUS = {
    No.WRONG: HTTPStatus.UNAUTHORIZED,
    No.MANY: HTTPStatus.TOO_MANY_REQUESTS,
    No.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}
_AGAIN_S = {No.MANY: MINUTE_S, No.BUSY: RETRY_AFTER_S}


class LogIns:
    """Checks the passwords of one service."""

    def __init__(self, auth: Auth) -> None:
        self._auth = auth
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log-in")
        self._in_line = 0
        self._wrong = Limits(WRONG_PER_MINUTE)

    async def session(self, username: str, password: str, address: str) -> str | No:
        """A session for the cookie. Right passwords do not count: many people may share one address."""
        if self._in_line >= LINE:
            return No.BUSY
        now = clock.monotonic()
        limit = self._wrong.of(address, now)
        if not limit.take(now):
            return No.MANY
        session = await self._check(username, password)
        if session is None:
            return No.WRONG
        limit.give_back()
        return session

    async def _check(self, username: str, password: str) -> str | None:
        self._in_line += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._auth.log_in, username, password)
        finally:
            self._in_line -= 1
