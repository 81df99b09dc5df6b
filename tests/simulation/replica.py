"""The services' processes, put together as their `app.py` does, on the simulated parts."""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from services.alerting.app import GATHER as ALERTING_GATHER
from services.alerting.decide import Decider
from services.alerting.dispatch import Dispatcher, Send
from services.alerting.marks import Marks
from services.alerting.on_incidents import OnIncidents, lock_of
from services.alerting.people import Roster
from services.alerting.timers import Timers
from services.reporting.app import GATHER as REPORTING_GATHER
from services.reporting.fold import LiveFold
from shared import db, kafka
from shared.acks import Acks
from shared.delivery import AfterCommit, Delivery, Handler, LockOf
from shared.events import Event, IncidentReported
from shared.kafka import Gather
from shared.lanes import Lanes, Records
from shared.outbox import Relay
from shared.publish import Publisher
from tests.simulation import campus
from tests.simulation.broker import Broker, Consumer, Producer
from tests.simulation.database import Pool, Schema, Server
from tests.simulation.world import Process, World

LEASE_S = 1.5
TIMEOUT_S = 0.4
DEAD_LIMIT = 4
CURSED = "cursed"  # an incident of this title makes alerting's handler fail, whatever it is tried with
MOST = 6


class Service(Process):
    """What every service has: a delivery and the relay of its outbox."""

    def __init__(self, world: World, name: str, server: Server, broker: Broker, schema: Schema) -> None:
        skew = world.random.uniform(-1, 1) * world.weather.skew_s
        super().__init__(world, name, skew)
        self.broker = broker
        self.pool = cast(db.Pool, Pool(server, self, schema))
        self.relay = Relay(self.pool, cast(Publisher, Producer(broker, self)))
        self._under_way = 0  # records that are taken and have not acted yet

    def start(self, handler: Handler, gather: Gather, inbox: bool = True, lock_of: LockOf = lambda _: None) -> None:
        """Relay and consume."""
        self.delivery = Delivery(self.name, self.pool, handler, self.relay.wake, DEAD_LIMIT, inbox, lock_of)
        self.consumer = Consumer(self.broker, self, self.name)
        self.spawn(self.relay.run())
        acks = Acks(self.name)

        async def handle(records: Records) -> None:
            place = ", ".join(f"{r.topic}[{r.partition}]@{r.offset}" for r in records)
            self.world.say(self.name, f"delivers {place}")
            await kafka.act_then_ack(self.delivery, acks, self.consumer.member, records)
            self._under_way -= len(records)

        lanes = Lanes(gather.lanes, MOST, handle)
        self.spawn(lanes.run())
        self.spawn(self._consume(lanes, gather))

    @property
    def quiet(self) -> bool:
        """Everything taken has acted and nothing is left to take."""
        return not self._under_way and not self.consumer.lag

    async def _consume(self, lanes: Lanes, gather: Gather) -> None:
        while True:
            if gather.fetch_bytes > 1:
                await self.world.loop.pause(gather.fetch_ms / 1000)
            records = await self.consumer.batch(MOST)
            self._under_way += len(records)
            await lanes.put(cast(Records, records))


class Alerting(Service):
    """One replica of alerting."""

    def run(self, channels: dict[str, Send]) -> None:
        """As `services.alerting.app` does."""
        self.dispatcher = Dispatcher(channels, lambda page_id: f"/{page_id}", TIMEOUT_S, LEASE_S)
        timers = Timers(self.pool)
        self.decider = Decider(self.pool, self.dispatcher, self.relay.wake, timers.notice, LEASE_S)
        marks = Marks(self.pool, self.dispatcher, self.decider, self.relay.wake, LEASE_S)
        self._on_incidents = OnIncidents(campus.facts(), Roster(), self.decider)
        self.start(self._handle, ALERTING_GATHER, lock_of=lock_of)
        self.spawn(marks.run())
        self.spawn(marks.sweep())
        self.spawn(timers.run(self.decider))

    async def _handle(self, events: Sequence[Event], tx: db.Connection, now: datetime) -> AfterCommit | None:
        after = await self._on_incidents(events, tx, now)
        if any(isinstance(event, IncidentReported) and event.title == CURSED for event in events):
            raise ValueError(CURSED)
        return after

    async def asked(self, what: Callable[["Alerting"], Coroutine[Any, Any, object]]) -> bool:
        """A request over HTTP: whether it was answered 2xx. One that dies with the process is not answered."""
        task = self.spawn(_answered(what(self)))
        with suppress(BaseException):
            return await task
        return False


class Reporting(Service):
    """The live views."""

    def run(self) -> None:
        """As `services.reporting.app` does."""
        self.start(LiveFold(lambda: None, lambda _: None).on_events, REPORTING_GATHER, inbox=False)


async def _answered(work: Coroutine[Any, Any, object]) -> bool:
    """A request that fails is answered 5xx; the process goes on."""
    try:
        await work
    except Exception:  # noqa: BLE001 - as FastAPI does
        return False
    return True
