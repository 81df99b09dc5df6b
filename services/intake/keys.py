"""Make, end and list the keys of sources: what `meldkamer keys` and the run call, each on a connection of its own.

A key is 32 random bytes, shown once; only its SHA-256 is kept. A source may have two at a time, so that a new one can
be tried before the old one ends.
"""

import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from services.intake import store
from services.intake.store import SourceKey
from shared import clock
from shared.campus import Scope
from shared.db import Connection, role_of
from shared.errors import Misconfigured

AT_A_TIME = 2
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def sha256(key: str) -> bytes:
    """What is kept of a key. A plain hash is enough: the key has 256 random bits."""
    return hashlib.sha256(key.encode()).digest()


async def create(database_url: str, source: str, scopes: Sequence[Scope]) -> str:
    """A new key, shown once. Raises Misconfigured when the source has two already."""
    key = secrets.token_urlsafe(32)
    async with _transaction(database_url) as tx:
        if len(await store.lock_source(tx, _named(source))) >= AT_A_TIME:
            raise Misconfigured(f"{source} has {AT_A_TIME} keys; revoke one first: meldkamer keys list")
        await store.insert_key(tx, _new(source, scopes, key))
    return key


async def ensure(database_url: str, source: str, scopes: Sequence[Scope], key: str) -> None:
    """Make this key good for these scopes; doing it again changes nothing. The oldest of three keys ends."""
    async with _transaction(database_url) as tx:
        active = await store.lock_source(tx, _named(source))
        if any(k.sha256 == sha256(key) and k.scopes == frozenset(scopes) for k in active):
            return
        others = [k for k in active if k.sha256 != sha256(key)]
        await store.revoke(tx, [k.id for k in others[: max(0, len(others) + 1 - AT_A_TIME)]], clock.now())
        await store.insert_key(tx, _new(source, scopes, key))


async def revoke(database_url: str, key_id: UUID) -> bool:
    """End a key; False when there is no such active key. Intake refuses it within INTAKE_KEYS_REFRESH_S."""
    async with _transaction(database_url) as tx:
        return await store.revoke(tx, [key_id], clock.now()) == 1


async def list_all(database_url: str) -> list[SourceKey]:
    """Every key, ended ones too."""
    async with _transaction(database_url) as tx:
        return await store.all_keys(tx)


def _new(source: str, scopes: Sequence[Scope], key: str) -> SourceKey:
    if not scopes:
        raise Misconfigured(f"a key needs at least one scope of: {', '.join(Scope)}")
    return SourceKey(clock.new_id(), source, frozenset(scopes), sha256(key), clock.now(), None)


def _named(source: str) -> str:
    if not _NAME.fullmatch(source):
        raise Misconfigured(f"a source's name is small letters, digits and hyphens, as in the campus file: {source!r}")
    return source


@asynccontextmanager
async def _transaction(database_url: str) -> AsyncIterator[Connection]:
    """A connection as intake's role, in a transaction."""
    connection = await asyncpg.connect(
        database_url, timeout=10, server_settings={"role": role_of("intake"), "search_path": "intake"}
    )
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()
