"""The baseline of what PostgreSQL must make durable: one row, one commit, raw asyncpg."""

import time

import asyncpg


async def milliseconds(url: str, count: int) -> list[float]:
    """How long each commit of one inserted row takes."""
    db = await asyncpg.connect(url)
    try:
        await db.execute("CREATE TABLE raw_commits (n int)")
        taken = []
        for number in range(count):
            began = time.perf_counter()
            await db.execute("INSERT INTO raw_commits VALUES ($1)", number)
            taken.append((time.perf_counter() - began) * 1000)
        return taken
    finally:
        await db.execute("DROP TABLE IF EXISTS raw_commits")
        await db.close()
