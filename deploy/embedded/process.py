"""One child process that never outlives its parent: own group, own log file, a stop that always ends."""

import asyncio
import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Command:
    """What to start: `user` is given only by root; `at_parent_death` is sent when the parent is gone, kill -9 too."""

    arguments: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    folder: Path | None = None
    at_parent_death: signal.Signals = signal.SIGKILL


class Process:
    """A started child. It does not belong to an event loop: any loop may wait for it and stop it."""

    def __init__(self, command: Command) -> None:
        with command.log.open("ab") as log:
            self._child = subprocess.Popen(
                command.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **command.environment},
                cwd=command.folder,
                user=command.user,
                group=group_of(command.user),
                extra_groups=[] if command.user else None,
                start_new_session=True,  # Ctrl-C reaches the run alone, which stops its children in order
                preexec_fn=_die_with(os.getpid(), command.at_parent_death),
            )

    @property
    def pid(self) -> int:
        """The process id, which is the id of its group as well."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether it is still there. Looks without reaping, so that the id of its group stays taken."""
        if self._child.returncode is not None:
            return False
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, minus the signal when one ended it."""
        return None if self.running else self._reap()

    def send(self, signum: signal.Signals) -> None:
        """Signal the process itself; nothing happens when it is gone."""
        if self.running:
            self._child.send_signal(signum)

    async def freeze(self) -> None:
        """SIGSTOP; return once every thread stands still: the others still work while the one that was told waits."""
        self.send(signal.SIGSTOP)
        await asyncio.to_thread(os.waitid, os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    async def wait(self) -> int:
        """Return the exit code once the process is gone, and with it all of its group."""
        if self.running:
            await _readable(os.pidfd_open(self.pid))
        return self._reap()

    async def stop(self, signum: signal.Signals = signal.SIGTERM, grace: float = 10) -> int:
        """Ask, wait `grace` seconds at most, then kill the whole group; the exit code."""
        self.send(signum)
        with suppress(TimeoutError):
            return await asyncio.wait_for(self.wait(), grace)
        return await self.kill()

    async def kill(self) -> int:
        """SIGKILL to the whole group; the exit code."""
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)
        return await self.wait()

    def _reap(self) -> int:
        """End what is left of the group while its leader still holds the id, then take the leader's exit code."""
        if self._child.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        return self._child.wait()


async def _readable(descriptor: int) -> None:
    """Wait until the kernel marks a pidfd readable: its process has ended."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def _die_with(parent: int, signum: signal.Signals) -> Callable[[], None]:
    """Run in the child before exec: ask the kernel for a signal at the parent's death (prctl(2))."""
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signum))
        if os.getppid() != parent:
            os._exit(1)

    return ask


def group_of(user: str | None) -> int | None:
    """The user's own group; None leaves the group alone."""
    if user is None:
        return None
    return pwd.getpwnam(user).pw_gid
