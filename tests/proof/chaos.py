"""`make chaos`: seeded random faults under load, every promise checked afterwards.

    what is carried -> cluster up -> load and schedule of faults side by side -> healed -> nothing waits -> read back
    -> checked -> report

CHAOS_MINUTES (60), CHAOS_SEED (random, printed), CHAOS_RATE (incidents a second; else what the machine carries, 200 at
most), CHAOS_BROKERS (1 or 3), CHAOS_SCHEDULE (a file with a schedule to repeat, instead of drawing one).
"""

import asyncio
import os
import platform
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shared import topics
from tests.e2e.logs import Logs
from tests.proof import drawing, grounds, report
from tests.proof.apart import LoadApart
from tests.proof.carry import carried, first_pages
from tests.proof.checker.bounds import CALM_S
from tests.proof.checker.check import check_all
from tests.proof.checker.gather import from_file
from tests.proof.clients.poisoner import Poison, Poisoner
from tests.proof.cluster import Cluster
from tests.proof.deck import random_schedule
from tests.proof.history import How, Writer
from tests.proof.injector import Injector
from tests.proof.readback import read_back
from tests.proof.schedule import Schedule, parse
from tests.proof.spread import Spread

FOLDER = Path("build/chaos")
REPORT = Path("build/chaos.json")
SETTLE_S = 60.0
LOOKS_S = 8.0  # the levels are looked at for so long after they must be nothing
TELL_S = 60.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; without a rate, what the machine carries."""

    minutes: float
    seed: int
    rate: float | None
    brokers: int
    schedule: Path | None


def wanted() -> Wanted:
    """From the environment."""
    told = os.environ
    return Wanted(
        float(told.get("CHAOS_MINUTES") or 60),
        int(told.get("CHAOS_SEED") or random.randrange(2**32)),
        float(told["CHAOS_RATE"]) if told.get("CHAOS_RATE") else None,
        int(told.get("CHAOS_BROKERS") or 1),
        Path(told["CHAOS_SCHEDULE"]) if told.get("CHAOS_SCHEDULE") else None,
    )


def chaos(asked: Wanted) -> int:
    """Run, judge, report; 1 on any violation."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    history = FOLDER / "history.jsonl"
    history.unlink(missing_ok=True)
    say(f"seed {asked.seed}, {asked.minutes:g} minutes, {asked.brokers} broker(s)")
    with tempfile.TemporaryDirectory(prefix="meldkamer-chaos-", ignore_cleanup_errors=True) as folder:
        errors = asyncio.run(run(asked, Path(folder), history))
    return judge(history, errors)


async def run(asked: Wanted, folder: Path, history: Path) -> list[str]:
    """Everything up to the history; the errors that services logged."""
    load = await _load(asked)
    with Writer(history) as lines:
        cluster = Cluster(folder, grounds.campus_file(), brokers=asked.brokers)
        lines.write(
            "run", "run", How.INFO, "begin",
            seed=asked.seed, minutes=asked.minutes, load=load, brokers=asked.brokers,
            commit=_commit(), machine=_machine(), wall=time.time(), t=time.monotonic(),
        )  # fmt: skip
        lines.flush()
        say(f"{load['rate']:g} incidents a second; starting Apache Kafka, PostgreSQL, services, proxies")
        logs = Logs(cluster.log_of("intake").parent)
        async with cluster:
            logs.mark()
            _say_what_is_missing(cluster)
            schedule = _schedule(asked, cluster)
            (FOLDER / "schedule.txt").write_text(str(schedule))
            clients = LoadApart(cluster.target, history, asked.seed, load["rate"])
            await _under_load(asked.minutes * 60, clients, cluster, schedule, lines)
            say("reading topics and tables back, and rebuilding the views to compare")
            await read_back(cluster.target, lines)
            lines.write("run", "run", How.INFO, "end")
        shutil.copytree(cluster.log_of("intake").parent, FOLDER / "logs", dirs_exist_ok=True)
        return logs.unexpected()


async def _load(asked: Wanted) -> dict[str, Any]:
    """`rate`, and when it was not given how it was found: `carried` and the rest of `Carried`."""
    if asked.rate is not None:
        return {"rate": asked.rate}

    async def measured(rate: float) -> Spread:
        first = await first_pages(rate, asked.brokers, asked.seed)
        say(f"{rate:g} incidents a second without faults: first page {first}")
        return first

    say("looking how much load this machine carries without faults")
    found = await carried(measured)
    return {**asdict(found), "rate": found.played, "carried": found.rate}


async def _under_load(seconds: float, load: LoadApart, cluster: Cluster, schedule: Schedule, lines: Writer) -> None:
    """Load and faults side by side, then until nothing waits any more."""
    by_name = {topic.name: topic for topic in topics.TOPICS}
    async with load, Poisoner(cluster.target.bootstrap, lines) as poisoner:

        async def poison(kind: str, topic: str) -> None:
            await poisoner.poison(Poison(kind), by_name[topic])

        say(f"{len(schedule.faults)} faults: {_kinds(schedule)}; see {FOLDER}/schedule.txt")
        telling = asyncio.create_task(_tell(seconds, schedule))
        async with asyncio.TaskGroup() as both:
            both.create_task(load.run(seconds))
            both.create_task(Injector(cluster, lines, poison).run(schedule))
        telling.cancel()
        lines.write("run", "run", How.INFO, "faults_ended")
        await cluster.healed()
        lines.write("run", "run", How.INFO, "healed")
        lines.flush()
        say("healed; waiting until nothing waits any more")
        await asyncio.gather(load.settle(SETTLE_S), asyncio.sleep(CALM_S + LOOKS_S))


def judge(history: Path, errors: list[str]) -> int:
    """Check the history, write build/chaos.json and the SVG, print the report."""
    say("checking the history")
    seen = from_file(history)
    violations = check_all(seen)
    summary = report.summarise(seen, violations)
    report.write_json(summary, REPORT)
    drawing.draw(seen, summary, FOLDER / "chaos.svg")
    if errors:
        say(f"services logged {len(errors)} errors; the first: {errors[0]}")
        (FOLDER / "errors.txt").write_text("\n".join(errors) + "\n")
    text = report.text(summary)
    (FOLDER / "chaos.txt").write_text(text + "\n")
    print(text, flush=True)  # noqa: T201
    return int(bool(violations))


async def _tell(seconds: float, schedule: Schedule) -> None:
    """How far it is, each minute."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        await asyncio.sleep(TELL_S)
        gone = loop.time() - began
        begun = sum(fault.at <= gone for fault in schedule.faults)
        say(f"{gone / 60:.0f} of {seconds / 60:g} minutes, {begun} of {len(schedule.faults)} faults")


def _schedule(asked: Wanted, cluster: Cluster) -> Schedule:
    if asked.schedule:
        return parse(asked.schedule.read_text())
    return random_schedule(asked.seed, asked.minutes, cluster.shape([str(kind) for kind in Poison]))


def _say_what_is_missing(cluster: Cluster) -> None:
    """A kind of fault that this machine does not allow is named, never left out in silence."""
    shape = cluster.shape()
    if not shape.clocks:
        say("no clock will jump: libfaketime is not installed (Debian: apt install libfaketime)")
    if not shape.small_disk:
        say("no disk will be full: a small one cannot be mounted here (it takes root)")


def _kinds(schedule: Schedule) -> str:
    kinds = Counter(str(fault.kind) for fault in schedule.faults)
    return ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def say(text: str) -> None:
    """One line of progress."""
    print(f"chaos: {text}", flush=True)  # noqa: T201
