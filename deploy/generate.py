"""`python -m deploy.generate`: writes every file that follows from the code. Contract tests compare them.

.env.example, docs/api/*.json (OpenAPI of each service, AsyncAPI of the topics), services/*/schema.sql, the lock file
of the image, and the lines of the README's links into the code. Starts a PostgreSQL of its own, unless DATABASE_URL
names an empty database.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from deploy import asyncapi, env_example, image_lock, links, openapi, schema
from deploy.embedded.postgres import Postgres
from shared import migrate
from shared.migrate import SERVICES

ROOT = Path(__file__).parent.parent


async def documents(database_url: str) -> dict[str, str]:
    """Every generated file by its path; the database is migrated and empty."""
    found = {".env.example": env_example.render(), "docs/api/asyncapi.json": as_json(asyncapi.document())}
    found["deploy/compose/requirements.lock"] = image_lock.render(ROOT)
    found["README.md"] = links.refreshed((ROOT / "README.md").read_text(), ROOT)
    for service in SERVICES:
        found[f"docs/api/{service}.json"] = as_json(await openapi.document(service, database_url))
        found[f"services/{service}/schema.sql"] = await schema.dump(database_url, service)
    return found


def as_json(document: Mapping[str, object]) -> str:
    """Readable, in the order it was made."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(found: Mapping[str, str]) -> list[str]:
    """Write what differs; the paths of it."""
    changed = []
    for name, text in found.items():
        path = ROOT / name
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            changed.append(name)
    return changed


@asynccontextmanager
async def database() -> AsyncIterator[str]:
    """A migrated, empty database."""
    if url := os.environ.get("DATABASE_URL"):
        await migrate.migrate(url)
        yield url
        return
    with tempfile.TemporaryDirectory() as folder:
        async with Postgres(Path(folder), say=lambda _: None) as postgres:
            await migrate.migrate(postgres.url)
            yield postgres.url


async def _main() -> None:
    logging.disable(logging.CRITICAL)  # the services start without a broker and say so
    async with database() as url:
        changed = write(await documents(url))
    print("\n".join(f"written {name}" for name in changed) or "everything is up to date")


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
