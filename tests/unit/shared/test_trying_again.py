"""Which errors a loop outlives."""

import asyncio

import asyncpg
import pytest

from shared import db


async def test_a_server_that_is_away_is_waited_for() -> None:
    db.raise_unless_transient(asyncpg.CannotConnectNowError("the database system is starting up"))


async def test_a_mistake_of_ours_ends_the_loop() -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        db.raise_unless_transient(asyncpg.UniqueViolationError("duplicate key"))


async def test_a_loop_that_is_to_end_does_so_also_when_a_cut_connection_hides_it() -> None:
    async def loop() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:  # as asyncpg does when the connection is lost in the same moment
            db.raise_unless_transient(asyncpg.ConnectionDoesNotExistError("connection was closed"))

    task = asyncio.create_task(loop())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
