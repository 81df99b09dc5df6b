"""`meldkamer demo` plays as a command against a product that runs, until Ctrl-C."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from deploy.demo.acts import DENIED
from deploy.demo.settings import Access
from tests.integration.demo.conftest import ACCESS
from tests.integration.reporting.room import Server, until

WITHIN_S = 15


@pytest.fixture(scope="module")
async def running(door: httpx.ASGITransport) -> AsyncIterator[Access]:
    """The product on a real port."""
    server = Server(uvicorn.Config(door.app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=3))
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started, within=20)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield ACCESS.model_copy(update={"base_url": f"http://127.0.0.1:{port}"})
    server.should_exit = True
    await task


async def demo(*words: str) -> Process:
    """The command, started."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MELDKAMER_")}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.cli.main", "demo", *words, stdout=PIPE, stderr=PIPE, env=environment
    )


async def line_of(command: Process) -> str:
    """The next line it says, without its time; that it closed what another test's demonstration left does not count."""
    assert command.stdout is not None
    while True:
        line = (await asyncio.wait_for(command.stdout.readline(), WITHIN_S)).decode().rstrip()[9:]
        if "of an earlier demonstration closed" not in line:
            return line


async def end_of(command: Process) -> tuple[int | None, list[str], str]:
    """Exit code, the lines that were left, standard error."""
    out, error = await asyncio.wait_for(command.communicate(), WITHIN_S)
    return command.returncode, [line[9:] for line in out.decode().splitlines()], error.decode()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
async def test_it_plays_its_scenario_over_the_public_api_until_it_is_told_to_end(
    running: Access, tmp_path: Path, sign: signal.Signals
) -> None:
    (tmp_path / "access.json").write_text(running.model_dump_json())
    command = await demo("--access", str(tmp_path / "access.json"), "--scenario", "quiet")
    assert await line_of(command) == DENIED.says.format(building="NanoLab")
    command.send_signal(sign)
    code, lines, error = await end_of(command)
    assert (code, lines[-1], error) == (0, "the demonstration ends", "")


async def test_none_plays_nothing(running: Access, tmp_path: Path) -> None:
    (tmp_path / "access.json").write_text(running.model_dump_json())
    command = await demo("--access", str(tmp_path / "access.json"), "--scenario", "none")
    assert await line_of(command) == "nothing is played"
    command.send_signal(signal.SIGINT)
    assert (await end_of(command))[:2] == (0, ["the demonstration ends"])


async def test_one_round_of_nothing_ends_by_itself(running: Access, tmp_path: Path) -> None:
    (tmp_path / "access.json").write_text(running.model_dump_json())
    command = await demo("--access", str(tmp_path / "access.json"), "--scenario", "none", "--once")
    assert await line_of(command) == "nothing is played"
    assert await end_of(command) == (0, [], "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--access", "nowhere.json"), "nowhere.json cannot be read (No such file or directory): is the product"),
        (("--scenario", "flood"), "no scenario flood; there are day, fire, quiet and none"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_in_one_line(words: tuple[str, ...], told: str) -> None:
    code, lines, error = await end_of(await demo(*words))
    assert (code, lines, len(error.splitlines())) == (1, [], 1)
    assert told in error
