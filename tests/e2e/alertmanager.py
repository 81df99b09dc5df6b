"""A real Alertmanager beside the product: the machine's own, else Debian's package, which only root can install."""

import asyncio
import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
import yaml

from deploy.embedded.ports import free_ports
from deploy.embedded.process import Command, Process
from tests.e2e.times import until

PACKAGE = "prometheus-alertmanager"
HOW = f"apt-get install -y {PACKAGE}"


class NotHere(Exception):
    """There is no Alertmanager on this machine and none could be installed."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The server and its command line."""

    server: str
    amtool: str


def programs() -> Programs:
    """Those on the PATH; NotHere says what to do."""
    if not (found := _look()) and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        found = _look()
    if not found:
        raise NotHere(f"the Alertmanager story was not run, there is none on this machine: {HOW}")
    return found


def _look() -> Programs | None:
    server = shutil.which(PACKAGE) or shutil.which("alertmanager")
    amtool = shutil.which("amtool")
    return Programs(server, amtool) if server and amtool else None


def _install() -> None:
    """In run level 1 Debian starts no service of a package. Whether it worked is seen by looking again."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", PACKAGE]):
        subprocess.run(["apt-get", "-qq", *words], env=quiet, capture_output=True, check=False)


class Alertmanager:
    """`async with Alertmanager(programs, folder, url, key) as alertmanager`: tells `url` of every alert at once."""

    def __init__(self, programs: Programs, folder: Path, url: str, key: str) -> None:
        self._programs, self._folder = programs, folder
        self.url = f"http://127.0.0.1:{free_ports(1)[0]}"
        webhook = {"url": url, "send_resolved": True, "http_config": {"authorization": {"credentials": key}}}
        route = {"receiver": "meldkamer", "group_wait": "0s", "group_interval": "1s", "group_by": ["..."]}
        receivers = [{"name": "meldkamer", "webhook_configs": [webhook]}]
        (folder / "alertmanager.yml").write_text(yaml.safe_dump({"route": route, "receivers": receivers}))

    async def __aenter__(self) -> Self:
        arguments = [
            self._programs.server,
            f"--config.file={self._folder / 'alertmanager.yml'}",
            f"--storage.path={self._folder / 'data'}",
            f"--web.listen-address={self.url.removeprefix('http://')}",
            "--cluster.listen-address=",
        ]
        self._process = Process(Command(arguments, self._folder / "log"))
        await until(self._ready, 10)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._process.stop()

    async def fires(self, name: str, labels: dict[str, str], summary: str, ends_at: datetime | None = None) -> None:
        """`amtool alert add`; with an end that is over the alert is resolved."""
        told = [f"{label}={value}" for label, value in {"alertname": name, **labels}.items()]
        end = [f"--end={ends_at.isoformat(timespec='milliseconds')}"] if ends_at else []
        child = await asyncio.create_subprocess_exec(
            self._programs.amtool, f"--alertmanager.url={self.url}", "--no-version-check", "alert", "add",
            *end, f"--annotation=summary={summary}", *told,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await child.communicate()
        assert child.returncode == 0, said.decode()

    async def _ready(self) -> bool:
        try:
            async with aiohttp.ClientSession() as client, client.get(f"{self.url}/-/ready") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False
