"""`meldkamer up`: the whole product on one port, on parts of its own, until Ctrl-C.

Order: PostgreSQL and Kafka side by side, then schemas and topics, then the services, the one port, access.json,
the scenario. It stops the other way round.
"""

import asyncio
import fcntl
import os
import shlex
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from deploy.embedded import access, jars, people
from deploy.embedded.access import Access
from deploy.embedded.console import ESSENTIAL, EVERY, Progress
from deploy.embedded.frontdoor import FrontDoor
from deploy.embedded.jars import PartMissing
from deploy.embedded.kafka import Kafka
from deploy.embedded.plan import Grounds, scenario_plan, service_plans
from deploy.embedded.ports import is_free, remembered
from deploy.embedded.postgres import Postgres
from deploy.embedded.service import Service
from deploy.embedded.settings import RunSettings
from deploy.embedded.supervise import Supervisor
from services.intake import keys as source_keys
from shared import campus, migrate, topics
from shared.settings import Common


async def up(settings: RunSettings, progress: Progress) -> None:
    """Run until SIGINT or SIGTERM; PartMissing when something stands in the way."""
    state = settings.meldkamer_state.absolute()
    state.mkdir(parents=True, exist_ok=True)
    with only_run(state):
        if not is_free(settings.meldkamer_port, settings.meldkamer_host):
            raise PartMissing(f"port {settings.meldkamer_port} is taken: choose another, MELDKAMER_PORT=8081 make run")
        running = asyncio.create_task(_run(settings, state, progress))
        _stop_on_signal(running, progress)
        try:
            await running
        except asyncio.CancelledError:
            progress.say("stopped")


@contextmanager
def only_run(state: Path) -> Iterator[None]:
    """One run a state folder. The lock goes with the process, however it ends."""
    with (state / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise PartMissing(
                f"{state} is in use by the run with process id {lock.read().strip() or '?'}:"
                " stop that one, or choose another folder, MELDKAMER_STATE=other make run"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        (state / "access.json").unlink(missing_ok=True)  # scripts wait for it; the one of the last run is no answer
        yield


def _stop_on_signal(running: asyncio.Task[None], progress: Progress) -> None:
    """The first signal stops in order; the second ends at once, and the kernel ends the children."""

    def stop() -> None:
        if running.cancelling():
            os._exit(130)
        progress.say("stopping ...")
        running.cancel()

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(signum, stop)


async def _run(settings: RunSettings, state: Path, progress: Progress) -> None:
    """Bring everything up, then keep it so until cancelled."""
    async with AsyncExitStack() as stack:
        supervisor = Supervisor(lambda line: progress.say(line, style="yellow"))
        stack.push_async_callback(supervisor.stop)
        keys = access.load_or_make(state)
        everybody = campus.load_people(settings.meldkamer_campus, campus.load(settings.meldkamer_campus))
        (servers, database_url), _ = await asyncio.gather(
            _start_parts(settings, state, supervisor, progress),
            asyncio.to_thread(access.write_accounts, state / "accounts.json", keys.passwords, everybody),
        )
        await _prepare(servers, database_url, settings, progress)
        for scope, key in keys.source_keys.items():
            await source_keys.ensure(database_url, scope, [campus.Scope(scope)], key)
        reach = {"DATABASE_URL": database_url, "KAFKA_BOOTSTRAP_SERVERS": ",".join(servers)}
        access.write_environment(state / "env", reach)
        ports = remembered(state / "ports", 2 + settings.meldkamer_replicas)
        grounds = Grounds(settings, state, servers, database_url, keys, ports)
        services = [Service(plan) for plan in service_plans(grounds)]
        progress.say(f"starting {', '.join(service.name for service in services)}")
        await supervisor.start(*services)
        seeded = await people.seed(grounds.alerting, keys.admin_token, everybody, state / people.MARKER)
        progress.say("intake, alerting and reporting are ready" + (f"; {seeded} people put in" if seeded else ""))
        await stack.enter_async_context(
            FrontDoor(settings.meldkamer_port, grounds.routes, host=settings.meldkamer_host)
        )  # fmt: skip
        access.write_private(state / "access.json", keys.document(settings.base_url))
        stack.callback((state / "access.json").unlink, missing_ok=True)
        _welcome(settings, keys, progress)
        logs = [(service.plan, ESSENTIAL) for service in services]
        if settings.meldkamer_scenario != "none":
            scenario = Service(scenario_plan(grounds))
            await supervisor.start(scenario)
            logs.append((scenario.plan, EVERY))
        async with asyncio.TaskGroup() as followers:
            for plan, shown in logs:
                followers.create_task(progress.follow(plan.name, plan.log, shown))


async def _start_parts(
    settings: RunSettings, state: Path, supervisor: Supervisor, progress: Progress
) -> tuple[list[str], str]:
    """Kafka and PostgreSQL: ours, unless the environment names others."""
    parts: list[Kafka | Postgres] = []
    servers, database_url = settings.kafka_bootstrap_servers.split(","), settings.database_url
    if not database_url:
        postgres = Postgres(state / "postgres", progress.say)
        database_url = postgres.url
        parts.append(postgres)
    if not settings.kafka_bootstrap_servers:
        kafka = Kafka(state / "kafka", settings.meldkamer_brokers)
        servers = kafka.bootstrap_servers
        parts.append(kafka)
    if parts:
        progress.say(f"starting {' and '.join(part.name for part in parts)}")
        await supervisor.start(*parts)
    progress.say(f"Apache Kafka {jars.kafka_version() if not settings.kafka_bootstrap_servers else ''}".rstrip()
                 + f" on {','.join(servers)}; PostgreSQL on {database_url.rpartition('@')[2]}")  # fmt: skip
    return servers, database_url


async def _prepare(servers: list[str], database_url: str, settings: RunSettings, progress: Progress) -> None:
    """Schemas and topics, side by side; both leave alone what is there."""
    asked = topics.as_set(Common())
    if not settings.kafka_bootstrap_servers:
        copies = settings.meldkamer_brokers
        asked |= {"replication": copies, "min_insync": max(1, copies - 1)}
    applied, created = await asyncio.gather(migrate.migrate(database_url), topics.create(servers, **asked))
    progress.say(f"{len(applied)} migrations applied, {len(created)} topics created")


def _welcome(settings: RunSettings, keys: Access, progress: Progress) -> None:
    """Where to look, and with what."""
    base = settings.base_url
    progress.say(f"ready: {base}", style="bold green")
    progress.blank()
    progress.table("Demo accounts", ("user name", "password"), list(keys.passwords.items()))
    progress.blank()
    progress.table("Source keys", ("scope", "key"), list(keys.source_keys.items()))
    progress.blank()
    progress.table("Pages", ("who", "where"), [
        ("control room", f"{base}/monitor/"),
        ("responder", f"{base}/alerting/respond"),
        ("student", f"{base}/intake/chat"),
        ("traffic accident", f"{base}/intake/forms/traffic"),
        ("for scripts", str(settings.meldkamer_state / "access.json")),
        ("for the command line", f". {shlex.quote(str(settings.meldkamer_state / 'env'))}"),
    ])  # fmt: skip
    progress.blank()
    progress.say("Ctrl-C stops it; the next start goes on from here")
