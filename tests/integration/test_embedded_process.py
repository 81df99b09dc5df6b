"""A child never outlives its parent, and what dies is started again."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.embedded.jars import PartMissing
from deploy.embedded.process import Command, Process
from deploy.embedded.service import Plan, Service
from deploy.embedded.supervise import Supervisor
from tests.integration.embedded_waits import until

SLEEP = ("sleep", "60")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
)
WITH_GRANDCHILD = ("sh", "-c", "sleep 60 & echo $!; wait")


async def until_written(log: Path) -> str:
    """What a child wrote, once it has."""
    await until(log.read_text)
    return await asyncio.to_thread(log.read_text)


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


async def gone(pid: int) -> None:
    """Wait until a process that is not our child has ended."""
    await until(lambda: not alive(pid))


async def test_a_child_stops_when_asked(tmp_path: Path) -> None:
    child = Process(Command(SLEEP, tmp_path / "log"))
    assert child.running
    assert await child.stop() == -signal.SIGTERM
    assert not child.running


async def test_a_child_that_does_not_listen_is_killed_after_its_grace(tmp_path: Path) -> None:
    child = Process(Command(STUBBORN, tmp_path / "log"))
    await until_written(tmp_path / "log")
    began = time.monotonic()
    assert await child.stop(grace=0.2) == -signal.SIGKILL
    assert 0.2 <= time.monotonic() - began < 2


async def test_nothing_of_a_dead_childs_group_is_left(tmp_path: Path) -> None:
    child = Process(Command(WITH_GRANDCHILD, tmp_path / "log"))
    grandchild = int(await until_written(tmp_path / "log"))
    child.send(signal.SIGKILL)
    assert await child.wait() == -signal.SIGKILL
    await gone(grandchild)


async def test_stopping_what_is_gone_does_nothing(tmp_path: Path) -> None:
    child = Process(Command(("true",), tmp_path / "log"))
    assert await child.wait() == 0
    assert await child.stop() == 0
    assert await child.kill() == 0
    assert child.exit_code == 0


async def test_kill_9_of_the_parent_ends_its_children(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = (
        "import time; from pathlib import Path; from deploy.embedded.process import Command, Process\n"
        f"child = Process(Command(('sleep', '60'), Path({str(log)!r})))\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert alive(child)
    parent.kill()
    await parent.wait()
    await gone(child)


class Sleeper:
    """A part that is one `sleep`."""

    def __init__(self, name: str, log: Path, told: list[str]) -> None:
        self.name = name
        self._log = log
        self._told = told
        self.process: Process

    async def start(self) -> None:
        """As the supervisor wants it."""
        self.process = Process(Command(SLEEP, self._log))

    async def ready(self) -> None:
        """At once."""

    async def wait(self) -> int:
        """Its exit code."""
        return await self.process.wait()

    async def stop(self) -> None:
        """Remember the order."""
        self._told.append(self.name)
        await self.process.stop()


async def test_a_killed_part_is_back_at_once_and_the_stop_goes_backwards(tmp_path: Path) -> None:
    told: list[str] = []
    said: list[str] = []
    supervisor = Supervisor(said.append)
    broker, service = Sleeper("broker", tmp_path / "log", told), Sleeper("service", tmp_path / "log", told)
    await supervisor.start(broker)
    await supervisor.start(service)
    first = service.process.pid
    os.kill(first, signal.SIGKILL)
    await until(lambda: service.process.pid != first, within=2)
    assert "service was ended by signal 9" in said[0]
    await supervisor.stop()
    assert told == ["service", "broker"]
    assert not service.process.running
    assert not broker.process.running


async def test_a_service_that_ends_before_it_is_ready_tells_what_it_wrote(tmp_path: Path) -> None:
    service = Service(Plan("intake", "no.such.module", tmp_path / "log", {}, "http://127.0.0.1:1/intake/readyz"))
    await service.start()
    with pytest.raises(PartMissing, match=r"intake ended with 1:[\s\S]*No module named"):
        await service.ready()


async def test_frozen_means_that_every_thread_stands_still(tmp_path: Path) -> None:
    code = "import threading; [threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start() for _ in range(8)]"
    process = Process(Command((sys.executable, "-c", code), tmp_path / "log"))
    try:
        await until(lambda: len(states(process)) == 9, within=5)
        await process.freeze()
        assert states(process) == ["T"] * 9
    finally:
        await process.kill()


def states(process: Process) -> list[str]:
    """What each thread of the process does, as proc(5) has it."""
    return [stat.read_text().rpartition(") ")[2][0] for stat in Path(f"/proc/{process.pid}/task").glob("*/stat")]
