"""Forward-only SQL migrations: each service its own schema and role, applied in order, once."""

import asyncio
import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from shared.db import Connection, role_of
from shared.errors import Misconfigured
from shared.settings import Common

ROOT = Path(__file__).parent.parent
SERVICES = ("intake", "alerting", "reporting")
_LOCK = 0x6D656C64


@dataclass(frozen=True, slots=True)
class Migration:
    """One file `NNNN_words.sql`."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """An applied migration may not change afterwards."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations_of(service: str) -> list[Migration]:
    """The shared tables first, then the service's own, each folder in order of name."""
    folders = (ROOT / "shared" / "sql", ROOT / "services" / service / "sql")
    return [
        Migration(f"{folder.parent.name}/{path.stem}", path.read_text())
        for folder in folders
        for path in sorted(folder.glob("[0-9]*.sql"))
    ]


async def migrate(database_url: str, services: tuple[str, ...] = SERVICES) -> list[str]:
    """Bring every schema up to date; returns what was applied. Safe to run at once from several places."""
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        applied = []
        for service in services:
            await _prepare(connection, service)
            applied += await apply(connection, service, schema=service)
        return applied
    finally:
        await connection.close()


async def apply(connection: Connection, service: str, schema: str) -> list[str]:
    """Apply what is missing to one schema, each migration in its own transaction, as the service's role."""
    rows = await connection.fetch("SELECT name, sha256 FROM public.meldkamer_migrations WHERE schema = $1", schema)
    done: dict[str, str] = {row["name"]: row["sha256"] for row in rows}
    applied = []
    for migration in migrations_of(service):
        if (known := done.get(migration.name)) is not None:
            if known != migration.sha256:
                raise Misconfigured(f"{migration.name} changed after it was applied; add a new migration instead")
            continue
        async with connection.transaction():
            await connection.execute("SELECT set_config('role', $1, true)", role_of(service))
            await connection.execute("SELECT set_config('search_path', $1, true)", schema)
            await connection.execute(migration.sql)
            await connection.execute("RESET ROLE")
            await connection.execute(
                "INSERT INTO public.meldkamer_migrations VALUES ($1, $2, $3)", schema, migration.name, migration.sha256
            )
        applied.append(migration.name)
    return applied


async def _prepare(connection: Connection, service: str) -> None:
    """Role and schema; names come from the closed list above, never from outside."""
    role = role_of(service)
    with contextlib.suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        await connection.execute(f"CREATE ROLE {role} NOLOGIN")
    await connection.execute(f"GRANT {role} TO CURRENT_USER")
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {role}")
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS public.meldkamer_migrations"
        " (schema text, name text, sha256 text NOT NULL, PRIMARY KEY (schema, name))"
    )


async def _main() -> None:
    applied = await migrate(Common().database_url)
    print("\n".join(applied) if applied else "every schema is up to date")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(_main())
