"""The SQL of source keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from shared.campus import Scope
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class SourceKey:
    """One key of a source; the key itself is not known, its SHA-256 is."""

    id: UUID
    source: str
    scopes: frozenset[Scope]
    sha256: bytes
    created_at: datetime
    revoked_at: datetime | None


async def active_keys(connection: Connection) -> list[SourceKey]:
    """Every key that opens something."""
    rows = await connection.fetch(
        "SELECT id, source, scopes, sha256, created_at, revoked_at FROM source_keys WHERE revoked_at IS NULL"
    )
    return [_key(row) for row in rows]


async def all_keys(connection: Connection) -> list[SourceKey]:
    """Every key there ever was, by source, newest first."""
    rows = await connection.fetch(
        "SELECT id, source, scopes, sha256, created_at, revoked_at FROM source_keys ORDER BY source, created_at DESC"
    )
    return [_key(row) for row in rows]


async def lock_source(tx: Connection, source: str) -> list[SourceKey]:
    """The active keys of a source, oldest first; whoever else changes that source waits for this transaction."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('source_keys'), hashtext($1))", source)
    rows = await tx.fetch(
        """
        SELECT id, source, scopes, sha256, created_at, revoked_at FROM source_keys
        WHERE source = $1 AND revoked_at IS NULL ORDER BY created_at, id
        """,
        source,
    )
    return [_key(row) for row in rows]


async def insert_key(tx: Connection, key: SourceKey) -> None:
    """Keep a new key; a revoked one of the same hash comes back with what is said now."""
    await tx.execute(
        """
        INSERT INTO source_keys (id, source, scopes, sha256, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (sha256) DO UPDATE
        SET source = excluded.source, scopes = excluded.scopes, created_at = excluded.created_at, revoked_at = NULL
        """,
        key.id,
        key.source,
        sorted(key.scopes),
        key.sha256,
        key.created_at,
    )


async def revoke(tx: Connection, ids: Sequence[UUID], now: datetime) -> int:
    """End keys; returns how many were active."""
    rows = await tx.fetch(
        "UPDATE source_keys SET revoked_at = $2 WHERE id = ANY($1::uuid[]) AND revoked_at IS NULL RETURNING id",
        ids,
        now,
    )
    return len(rows)


def _key(row: Record) -> SourceKey:
    return SourceKey(
        id=row["id"],
        source=row["source"],
        scopes=frozenset(Scope(scope) for scope in row["scopes"]),
        sha256=row["sha256"],
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
    )
