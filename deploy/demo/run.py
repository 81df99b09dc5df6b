"""The run of the demonstration: one act after another, a few at a time, round and round until a signal."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import httpx

from deploy.demo.acts import CHAT, NOTHING, SCENARIOS, USUAL, Act
from deploy.demo.product import Product, Unexpected
from deploy.demo.settings import Access, DemoSettings, read_access
from deploy.demo.stage import Stage
from deploy.demo.student import chat
from shared import campus, clock
from shared.errors import Misconfigured

log = logging.getLogger(__name__)
AT_ONCE = 4
CALMER = 1.5  # a round takes so much longer than the one before
CALMEST = 4.0
TIMEOUT_S = 10.0


def play(settings: DemoSettings, rounds: int | None = None) -> None:
    """Play until SIGTERM or Ctrl-C, or so many rounds. Misconfigured when something is missing."""
    logging.basicConfig(level="WARNING", format="%(asctime)s %(levelname)s %(message)s")
    acts = scenario(settings.meldkamer_scenario)
    access = read_access(settings.meldkamer_access)
    human = first_person(settings.meldkamer_campus)
    asyncio.run(_until_signal(lambda: _perform(access, human, acts, rounds)))


def scenario(name: str) -> tuple[tuple[Act, float], ...]:
    """The acts of a scenario; empty is the usual one, `none` has no acts."""
    if name == NOTHING:
        return ()
    if (name or USUAL) not in SCENARIOS:
        raise Misconfigured(f"MELDKAMER_SCENARIO: no scenario {name}; there are {', '.join(SCENARIOS)} and {NOTHING}")
    return SCENARIOS[name or USUAL]


def first_person(file: Path) -> str | None:
    """The member whom the responder's demo account belongs to: he is played by whoever logs in."""
    people = campus.load_people(file)
    return people[0].member_id if people else None


async def perform(stage: Stage, acts: tuple[tuple[Act, float], ...], rounds: int | None, play_act: "Play") -> None:
    """Round after round, ever calmer; an act that fails is told and does not stop the others."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(act: Act) -> None:
        async with turn:
            try:
                await play_act(act)
            except Unexpected as error:
                log.warning("demonstration: %s", error)

    async with asyncio.TaskGroup() as playing:
        for number in count():
            if number == rounds:
                return
            for act, pause in acts:
                async with turn:  # with the stage full, time stands still
                    playing.create_task(one(act))
                await stage.sleep(pause * min(CALMEST, CALMER**number))


Play = Callable[[Act], Awaitable[None]]


async def _perform(access: Access, human: str | None, acts: tuple[tuple[Act, float], ...], rounds: int | None) -> None:
    async with httpx.AsyncClient(base_url=access.base_url, timeout=TIMEOUT_S) as http:
        product = Product(access, http)
        names = {building.code: building.name for building in await product.buildings()}
        stage = Stage(product, names, human, asyncio.sleep, clock.now, _print)
        if closed := await stage.clear_old():
            stage.say(f"{closed} alerts of an earlier demonstration closed")

        async def play_act(act: Act) -> None:
            if act is not CHAT:
                return await stage.play(act)
            async with httpx.AsyncClient(base_url=access.base_url, timeout=TIMEOUT_S, follow_redirects=True) as browser:
                return await chat(stage, act, browser)

        if not acts:
            stage.say("nothing is played")
            if rounds is None:
                await asyncio.Event().wait()
        await perform(stage, acts, rounds, play_act)


async def _until_signal(work: Callable[[], Awaitable[None]]) -> None:
    running = asyncio.ensure_future(work())
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        _print(f"{clock.now().astimezone():%H:%M:%S} the demonstration ends")


def _print(line: str) -> None:
    """At once, so that whoever follows the log sees it when it happens."""
    print(line, file=sys.stdout, flush=True)
