"""One of the product's processes: a Python module with its settings, ready when its /readyz says so."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from deploy.embedded.jars import PartMissing
from deploy.embedded.process import Command, Process

READY_WITHIN_S = 60


@dataclass(frozen=True)
class Plan:
    """How to start a module, where it logs, and (for a service) where it says that it is ready."""

    name: str
    module: str
    log: Path
    environment: Mapping[str, str]
    ready_url: str | None = None
    stop_within_s: float = 8


class Service:
    """A part of the run that is `python -m <module>`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.name = plan.name
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        """The running (or dead) process."""
        if self._process is None:
            raise PartMissing(f"{self.name} has not been started")
        return self._process

    async def start(self) -> None:
        """Start the process unless it runs."""
        if self._process is None or not self._process.running:
            command = [sys.executable, "-m", self.plan.module]
            self._process = Process(Command(command, self.plan.log, self.plan.environment))

    async def ready(self, within: float = READY_WITHIN_S) -> None:
        """Return once /readyz answers 200; otherwise tell what it last said."""
        if self.plan.ready_url is None:
            return
        said = "it does not listen"
        deadline = asyncio.get_running_loop().time() + within
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client:
            while asyncio.get_running_loop().time() < deadline:
                said = await _ask(client, self.plan.ready_url, said)
                if said == "ready":
                    return
                if not self.process.running:
                    raise PartMissing(f"{self.name} ended with {self.process.exit_code}:\n{self.log_tail()}")
                await asyncio.sleep(0.05)
        raise PartMissing(f"{self.name} is not ready after {within:.0f} s: {said}\n{self.log_tail()}")

    async def wait(self) -> int:
        """The exit code, once it has ended."""
        return await self.process.wait()

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL when that takes too long."""
        if self._process:
            await self._process.stop(signal.SIGTERM, self.plan.stop_within_s)

    def log_tail(self, lines: int = 12) -> str:
        """The last lines that it wrote."""
        log = self.plan.log
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


async def _ask(client: aiohttp.ClientSession, url: str, before: str) -> str:
    """`ready`, or why not yet."""
    try:
        async with client.get(url) as answer:
            return "ready" if answer.status == 200 else (await answer.text())[:500]
    except (aiohttp.ClientError, TimeoutError):
        return before
