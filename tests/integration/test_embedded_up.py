"""`meldkamer up` as its users meet it: what stands in its way, what it survives, what it leaves behind."""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from deploy.embedded.ports import free_ports
from deploy.embedded.process import Command, Process
from deploy.embedded.up import only_run
from tests.integration.embedded_waits import until

UP = (sys.executable, "-m", "deploy.cli.main", "up")
ROOT = Path(__file__).parents[2]


def _parent(folder: Path) -> int:
    """Of a process in /proc: the second field after its name, which is in brackets."""
    return int((folder / "stat").read_text().rpartition(")")[2].split()[1])


class Run:
    """One `meldkamer up` on a state folder."""

    def __init__(self, state: Path, port: int) -> None:
        self.state = state
        self._began = time.time()
        told = {"MELDKAMER_STATE": str(state), "MELDKAMER_PORT": str(port), "MELDKAMER_SCENARIO": "none"}
        none = {"KAFKA_BOOTSTRAP_SERVERS": "", "DATABASE_URL": ""}
        self.process = Process(Command(UP, state.with_suffix(".out"), {**told, **none}, folder=ROOT))

    def children(self) -> dict[int, str]:
        """Process id and command line of everything that the run started."""
        found: dict[int, str] = {}
        for folder in Path("/proc").iterdir():
            with suppress(OSError):  # it may end meanwhile
                if folder.name.isdigit() and _parent(folder) == self.process.pid:
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ").strip()
        return found

    def pid_of(self, service: str) -> int | None:
        """The process of a service, while there is one."""
        return next((pid for pid, args in self.children().items() if args.endswith(f"services.{service}")), None)

    def _wrote(self, file: Path) -> bool:
        return file.exists() and file.stat().st_mtime >= self._began

    async def access(self) -> dict[str, object]:
        """What access.json says, once this run has written it: a run that was killed leaves its own behind."""
        file = self.state / "access.json"
        await until(lambda: self._wrote(file) or not self.process.running, within=150)
        assert self.process.running, await asyncio.to_thread(self.state.with_suffix(".out").read_text)
        assert stat.S_IMODE((await asyncio.to_thread(file.stat)).st_mode) == 0o600
        told: dict[str, object] = json.loads(await asyncio.to_thread(file.read_text))
        return told


Start = Callable[[], Run]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a run on this test's state folder and port; none is left when the test fails."""
    runs: list[Run] = []
    state, port = tmp_path / "state", free_ports(1)[0]
    state.mkdir()

    def begin() -> Run:
        runs.append(Run(state, port))
        return runs[-1]

    yield begin
    for run in runs:
        await run.process.stop()


def refused(state: Path, port: int) -> str:
    """What a run that cannot start says; it ends with 1 and shows no traceback."""
    told = subprocess.run(
        UP, env={**os.environ, "MELDKAMER_STATE": str(state), "MELDKAMER_PORT": str(port)},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    return told.stderr


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(tmp_path, port)
    assert f"port {port} is taken" in said
    assert "MELDKAMER_PORT" in said


def test_a_second_run_on_a_state_folder_says_who_has_it(tmp_path: Path) -> None:
    with only_run(tmp_path):
        said = refused(tmp_path, free_ports(1)[0])
    assert f"process id {os.getpid()}" in said
    assert "MELDKAMER_STATE" in said


def test_a_setting_that_is_no_number_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MELDKAMER_REPLICAS", "many")
    assert "MELDKAMER_REPLICAS" in refused(tmp_path, free_ports(1)[0]).upper()


def alive(pids: Iterable[int]) -> list[int]:
    """Those that are still there."""
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


async def report(base: str, key: str, name: str) -> str:
    """Send a near miss until intake takes it; the incident's id."""
    body = {"kind": "near_miss", "source": {"system": "test", "external_id": name}}
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(headers=headers) as client, asyncio.timeout(15):
        while True:
            async with client.post(f"{base}/intake/v1/incidents", json=body) as answer:
                if answer.status == 202:
                    return str((await answer.json())["incident_id"])
                assert answer.status in {502, 503}
            await asyncio.sleep(0.05)


@pytest.mark.timeout(400)
async def test_a_run_survives_kill_9_of_a_service_and_of_itself_and_leaves_nothing(start: Start) -> None:
    run = start()
    first = await run.access()
    assert json.loads((run.state / "people.json").read_text()) == []  # everybody is put in
    base, keys = str(first["base_url"]), first["source_keys"]
    assert isinstance(keys, dict)
    incident = await report(base, keys["general"], "one")

    intake = run.pid_of("intake")
    assert intake is not None
    os.kill(intake, signal.SIGKILL)
    killed = time.monotonic()
    assert await report(base, keys["general"], "one") == incident
    assert time.monotonic() - killed < 5

    orphans = run.children()
    assert len(orphans) == 5  # Kafka, PostgreSQL, three services
    os.kill(run.process.pid, signal.SIGKILL)
    await until(lambda: not alive(orphans))
    await run.process.wait()

    again = start()
    assert await again.access() == first
    headers = {"Authorization": f"Bearer {first['admin_token']}"}
    async with aiohttp.ClientSession(headers=headers) as client, client.get(f"{base}/monitor/v1/incidents") as answer:
        assert incident in {item["incident_id"] for item in (await answer.json())["items"]}

    children = again.children()
    again.process.send(signal.SIGINT)
    began = time.monotonic()
    assert await again.process.wait() == 0
    assert time.monotonic() - began < 20
    assert not alive(children)
    assert "access.json" not in {file.name for file in again.state.iterdir()}
