"""One seed from beginning to end: services start, alarms come, things die, everything heals, and then it is judged."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from uuid import UUID

from tests.simulation import campus, load
from tests.simulation.alerting_tables import AlertingTables
from tests.simulation.broker import Broker
from tests.simulation.database import Server
from tests.simulation.ending import Ending
from tests.simulation.load import LOAD_S
from tests.simulation.people import People
from tests.simulation.replica import Alerting, Reporting, Service
from tests.simulation.rules import Rules
from tests.simulation.seams import simulated
from tests.simulation.view_tables import Changed, ViewTables
from tests.simulation.world import Said, Weather, World

HEALS_S = 3.5
REST_S = 20.0
LOOK_S = 0.25
REPLICAS = ("alerting-a", "alerting-b")
Plant = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a seed; no violations when all promises held."""

    seed: int
    violations: tuple[str, ...]
    trace: tuple[Said, ...]


def play(seed: int, plant: Plant = nullcontext) -> Outcome:
    """Simulate one seed; `plant` puts a bug in the product meanwhile."""
    world = World(seed)
    simulation = Simulation(world)
    with simulated(world, simulation.broker), plant():
        try:
            world.loop.run(simulation.run())
        except Exception as error:  # noqa: BLE001 - a mistake of the product or of the simulation: the seed fails
            world.wrong("the simulation ends", f"{type(error).__name__}: {error}")
    return Outcome(seed, tuple(world.violations), tuple(world.trace))


class Simulation:
    """The world's parts; a service that died is started anew."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.server, self.broker = Server(world), Broker(world)
        self.people = People(world, self._anyone)
        self._drills: dict[UUID, bool] = {}
        self._rules = Rules(world, self.people, self._drills)
        self.alerting = AlertingTables(campus.people(), self._rules.decided)
        self.reporting = ViewTables(self._revisions)
        self._revision = 0
        self._patient = False  # waits until nothing is awaited any more, which takes longer
        self._services: dict[str, Service] = {}
        self._others: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Load, faults, healing, rest, judgement."""
        world, chance = self.world, self.world.random
        world.weather = load.weather(chance)
        stormy = world.weather != Weather()
        self._patient = stormy and chance.random() < 0.35
        for name in (*REPLICAS, "reporting"):
            self._start(name)
        for arrival in load.arrivals(chance, not stormy):
            if arrival.incident:
                self._drills[arrival.incident.incident_id] = arrival.incident.drill
            self._beside(load.report(world, self.broker, arrival))
        for _ in range(chance.choice((0, 0, 1, 3))):
            self._beside(self._operate(chance.uniform(0.2, LOAD_S)))
        if stormy:
            self._plan_faults()
        await self._until(HEALS_S if stormy else LOAD_S)
        await self._heal()
        if not world.violations:
            await self._rest()
        if not world.violations:
            Ending(world, self.broker, self.people, self.alerting, self.reporting).check()
        await self._end()

    def _plan_faults(self) -> None:
        world, chance = self.world, self.world.random
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            self._beside(
                self._kill(chance.uniform(0, 3), chance.choice((*REPLICAS, "reporting")), chance.randint(1, 80))
            )
        if chance.random() < 0.2:
            at = chance.uniform(0, LOAD_S)
            for name in REPLICAS:
                self._beside(self._kill(at, name, 1))
        if chance.random() < 0.25:
            self._beside(self._freeze(chance.uniform(0, LOAD_S), chance.choice(REPLICAS), chance.uniform(0.2, 4.0)))
        if chance.random() < 0.2:
            self._beside(self._away("database", self.server.leave, self._database_back))
        if chance.random() < 0.2:
            self._beside(self._away("broker", self.broker.leave, self.broker.return_))
        world.say("world", f"{world.weather}")

    async def _kill(self, at: float, name: str, steps: int) -> None:
        """Somewhere among its next steps; not all of them come."""
        await self.world.loop.pause(at)
        self._services[name].doom = steps

    async def _freeze(self, at: float, name: str, seconds: float) -> None:
        await self.world.loop.pause(at)
        self.world.trouble(name, f"is frozen for {seconds:.1f} s")
        self._services[name].freeze(seconds)

    async def _away(self, what: str, leave: Callable[[], None], back: Callable[[], None]) -> None:
        await self.world.loop.pause(self.world.random.uniform(0, LOAD_S))
        self.world.trouble(what, "goes away")
        leave()
        await self.world.loop.pause(self.world.random.uniform(0.05, 2.0))
        back()
        self.world.say(what, "is back")

    def _database_back(self) -> None:
        self.server.away = False

    async def _operate(self, at: float) -> None:
        await self.world.loop.pause(at)
        replica, alerts = self._anyone(), list(self.alerting.alerts)
        if replica and alerts:
            name, rule = load.operators_act(self.world.random)
            alert_id = self.world.random.choice(alerts)
            self.world.say("operator", f"{name} {str(alert_id)[:8]}")
            await replica.asked(lambda replica: replica.decider.on_alert(alert_id, rule))

    async def _until(self, at: float) -> None:
        """Watch: what died or halted is started again, what broke a promise ends the seed."""
        while self.world.loop.time() < at and not self.world.violations:
            await self.world.loop.pause(LOOK_S)
            self._revive()

    def _revive(self) -> None:
        for name, service in self._services.items():
            if service.alive and service.delivery.progress.halted:
                self.world.trouble(name, "has halted: an operator restarts it")
                service.die()
            if not service.alive:
                self._start(name)

    async def _heal(self) -> None:
        self.world.say("world", "heals")
        self.world.clear_up()
        for service in self._services.values():
            service.doom = None

    async def _rest(self) -> None:
        """Everything drains within a bounded time."""
        ends = self.world.loop.time() + REST_S
        while (restless := self._restless()) and not self.world.violations:
            if self.world.loop.time() > ends:
                self.world.wrong("everything drains", f"{restless} after {REST_S} s")
            await self.world.loop.pause(LOOK_S)
            self._revive()

    def _restless(self) -> str:
        """What is not done yet, or nothing."""
        for name, service in self._services.items():
            if not service.alive or not service.quiet:
                return f"{name} lags"
        if self.alerting.outbox or self.reporting.outbox:
            return "an outbox is not empty"
        if any(row.state == "sending" for row in self.alerting.messages.values()):
            return "messages are not sent"
        if self.broker.under_way or self.people.busy or not all(task.done() for task in self._others):
            return "people and sources are not done"
        awaited = [at for at in self.alerting.timers.values() if self._patient or at < self.world.now()]
        return "a deadline is awaited" if awaited else ""

    async def _end(self) -> None:
        """Everything that still runs ends, so that nothing is left behind."""
        for service in self._services.values():
            service.die()
        for task in self._others:
            task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)

    def _start(self, name: str) -> None:
        if name in self._services:
            self.world.say(name, "starts again")
        if name == "reporting":
            reporting = Reporting(self.world, name, self.server, self.broker, self.reporting)
            self._services[name] = reporting
            reporting.run()
        else:
            alerting = Alerting(self.world, name, self.server, self.broker, self.alerting)
            self._services[name] = alerting
            alerting.run({"phone": self.people.ring, "sms": self.people.ring})

    def _anyone(self) -> Alerting | None:
        """A replica of alerting that lives, as a load balancer would choose."""
        alive = [s for s in self._services.values() if isinstance(s, Alerting) and s.alive]
        return self.world.random.choice(alive) if alive else None

    def _beside(self, work: "asyncio._CoroutineLike[None]") -> None:
        self._others.append(self.world.loop.create_task(work, context=self.world.outside))

    def _revisions(self, changes: Sequence[tuple[Changed, int]]) -> None:
        for _, revision in changes:
            if revision <= self._revision:
                self.world.wrong("revisions grow", f"{self._revision} -> {revision}")
            self._revision = revision
