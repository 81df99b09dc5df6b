"""The source keys in memory: looked up without a query, refreshed all the time, good while PostgreSQL is away."""

import asyncio
import hmac
import logging
from http import HTTPStatus

from services.intake import keys, store
from services.intake.store import SourceKey
from shared import clock, db
from shared.campus import Scope
from shared.database import Database
from shared.problems import Problem, unavailable

log = logging.getLogger(__name__)
PAUSE_S = 0.25
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="meldkamer intake"'}


class KeyRing:
    """Knows who is sending by the key."""

    def __init__(self, database: Database, refresh_s: float) -> None:
        self._database = database
        self._refresh_s = refresh_s
        self._keys: dict[bytes, SourceKey] | None = None
        self._fresh = False
        self._begun = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def admit(self, authorization: str | None, scope: Scope) -> SourceKey:
        """The key of `Authorization: Bearer <key>`; 401 when there is none such, 403 outside its scopes."""
        token = authorization[7:].strip() if authorization and authorization[:7].lower() == "bearer " else ""
        if not token:
            raise Problem(HTTPStatus.UNAUTHORIZED, "send Authorization: Bearer <source key>", headers=_CHALLENGE)
        key = self._known(token) or await self._look_again(token)
        if key is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "this source key is not known or was revoked", headers=_CHALLENGE)
        if scope not in key.scopes:
            raise Problem(HTTPStatus.FORBIDDEN, f"this key is not for {scope}, it is for {_listed(key)}")
        return key

    async def run(self) -> None:
        """Read the table every few seconds until cancelled, so that a revoked key ends soon."""
        while True:
            await self._refresh(clock.monotonic())
            await asyncio.sleep(self._refresh_s)

    async def check(self) -> str | None:
        """For readiness: no key is known before the table was read once."""
        return "source keys have not been read yet" if self._keys is None else None

    def _known(self, token: str) -> SourceKey | None:
        digest = keys.sha256(token)
        key = (self._keys or {}).get(digest)
        return key if key and hmac.compare_digest(key.sha256, digest) else None

    async def _look_again(self, token: str) -> SourceKey | None:
        """A key made a moment ago is in the table; wrong keys cost at most four queries a second together."""
        await self._refresh(clock.monotonic())
        if not self._fresh:
            raise unavailable("the database is away, so this key cannot be checked; send it again")
        return self._known(token)

    async def _refresh(self, asked: float) -> None:
        """Read the table, unless somebody began to after `asked`. When it cannot be read, the keys known stay good."""
        async with self._one_at_a_time:
            if self._begun >= asked:
                return
            await asyncio.sleep(max(0.0, self._begun + PAUSE_S - clock.monotonic()))
            self._begun = clock.monotonic()
            try:
                async with self._database.pool.acquire(timeout=3) as connection:
                    found = await store.active_keys(connection)
            except (Problem, *db.FAILURES) as error:
                db.raise_if_cancelled(error)
                self._fresh = False
                log.warning("source keys are not refreshed: %s: %s", type(error).__name__, error)
            else:
                self._fresh = True
                self._keys = {key.sha256: key for key in found}


def _listed(key: SourceKey) -> str:
    return ", ".join(sorted(key.scopes))
