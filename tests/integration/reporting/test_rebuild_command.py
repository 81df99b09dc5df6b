"""`meldkamer rebuild` as operators run it: what it prints, and how it ends."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine

import asyncpg
import pytest

from deploy.embedded.kafka import Kafka
from services.reporting.rebuild import LOCK
from tests.integration.reporting.room import Room
from tests.unit.reporting.invented import incident, named

Command = Callable[..., Coroutine[None, None, tuple[int, str, str]]]


@pytest.fixture
def meldkamer(kafka: Kafka, database_url: str) -> Command:
    """Runs `meldkamer rebuild` with these words: exit code, standard output and standard error."""

    async def run(*words: str) -> tuple[int, str, str]:
        environment = {"DATABASE_URL": database_url, "KAFKA_BOOTSTRAP_SERVERS": ",".join(kafka.bootstrap_servers)}
        command = [sys.executable, "-m", "deploy.cli.main", "rebuild", *words]
        done = await asyncio.to_thread(
            subprocess.run, command, env=os.environ | environment | {"COLUMNS": "160"}, capture_output=True, text=True
        )
        return done.returncode, done.stdout, done.stderr

    return run


async def test_it_exits_with_1_on_a_difference_until_it_has_repaired(room: Room, meldkamer: Command) -> None:
    assert (await meldkamer("--check"))[0] == 0
    await room.fold(incident("invented"))
    code, told, _ = await meldkamer("--check")
    assert code == 1
    assert str(named("invented")) in told
    assert "too much" in told
    assert "1 differences (1 in incidents): run `meldkamer rebuild` to repair them" in told
    code, told, _ = await meldkamer()
    assert (code, "repaired" in told) == (0, True)
    code, told, _ = await meldkamer("--check")
    assert (code, "the views are what the topics say" in told) == (0, True)
    assert (await room.get("/monitor/v1/incidents"))["items"] == []


async def test_while_another_is_under_way_it_is_refused_as_any_command_is(
    room: Room, meldkamer: Command, database_url: str
) -> None:
    await room.fold(incident("invented"))
    other = await asyncpg.connect(database_url)
    try:
        await other.execute("SELECT pg_advisory_lock($1)", LOCK)
        code, _, error = await meldkamer()
    finally:
        await other.close()
    assert (code, error) == (1, "meldkamer: another rebuild is under way; wait for it\n")
    assert len((await room.get("/monitor/v1/incidents"))["items"]) == 1
