"""Alerting, put together: reads top to bottom like the deployment diagram."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from fastapi import FastAPI

from services.alerting import api, api_pages, api_people, api_shelves
from services.alerting.channels import console, tablet, webhook
from services.alerting.core.model import Alert
from services.alerting.decide import Decider
from services.alerting.dispatch import Dispatcher
from services.alerting.drills import Drills
from services.alerting.facts import facts_of
from services.alerting.gauges import Gauges
from services.alerting.marks import Marks
from services.alerting.on_incidents import OnIncidents, lock_of
from services.alerting.onlookers import Onlookers
from services.alerting.people import Roster
from services.alerting.respond import routes as respond
from services.alerting.settings import Settings
from services.alerting.timers import Timers
from shared import campus, db, health, topics, web
from shared.auth import Auth
from shared.delivery import Delivery
from shared.health import Health
from shared.kafka import Gather, Group, consumer_broker, consuming, keep_running, subscribe
from shared.outbox import Relay
from shared.pages import Pages
from shared.publish import Publisher

log = logging.getLogger(__name__)
PREFIX = "/alerting"
DRAIN_S = 3.0
GATHER = Gather(lanes=2)


def build(settings: Settings) -> FastAPI:
    """The application; everything that connects is started by its lifespan."""
    facts = facts_of(campus.load(settings.meldkamer_campus))
    auth = Auth(settings)
    state = Health()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        group = f"alerting-{settings.alerting_replica}"
        pool = await db.open_pool(settings.database_url, "alerting", settings.alerting_pool_size)
        publisher = Publisher(settings.bootstrap, group)
        relay = Relay(pool, publisher)
        hook = webhook.Webhook(
            webhook.Settings(settings.alerting_allow_private_targets, settings.alerting_send_timeout_s)
        )
        tablets = tablet.Tablets(settings.database_url, pool)
        channels = {webhook.KIND: hook.send, tablet.KIND: tablets.send, console.KIND: console.send}
        dispatcher = Dispatcher(channels, auth.answer_url, settings.alerting_send_timeout_s, settings.alerting_lease_s)
        timers = Timers(pool)
        onlookers = Onlookers(pool, tablets)

        def notice(alerts: Sequence[Alert]) -> None:
            timers.notice(alerts)
            onlookers.changed(alerts)

        decider = Decider(pool, dispatcher, relay.wake, notice, settings.alerting_lease_s)
        marks = Marks(pool, dispatcher, decider, relay.wake, settings.alerting_lease_s)

        on_incidents = OnIncidents(facts, Roster(), decider)
        delivery = Delivery(group, pool, on_incidents, relay.wake, settings.alerting_dead_limit, lock_of=lock_of)
        broker = consumer_broker(settings.bootstrap, group)
        in_group = Group(group, settings.kafka_session_timeout_ms)
        subscription = subscribe(broker, topics.of_consumer("alerting"), in_group, delivery, GATHER)

        state.add("database", health.database(pool))
        state.add("kafka", _kafka(publisher, delivery))
        state.add("consumer", consuming(broker))
        app.include_router(api.router(pool, decider, auth))
        app.include_router(api_pages.router(pool, decider, marks, auth))
        app.include_router(api_shelves.router(pool, decider, facts, auth))
        app.include_router(api_people.router(pool, facts, auth, settings.alerting_allow_private_targets))
        app.include_router(respond.router(pool, decider, tablets, facts, auth, pages))
        async with web.background(
            state.heartbeat,
            publisher.run,
            relay.run,
            tablets.run,
            onlookers.tell,
            onlookers.wake,
            marks.run,
            marks.sweep,
            lambda: timers.run(decider),
            Drills(pool, decider).run,
            Gauges(pool).run,
            lambda: keep_running(subscription),
        ):
            yield
            await dispatcher.drain(DRAIN_S)
        await hook.close()
        await asyncio.wait_for(pool.close(), DRAIN_S)

    app = web.create("Meldkamer alerting", PREFIX, state, lifespan)
    pages = Pages("services.alerting", PREFIX)
    pages.mount(app, Path(__file__).parent / "static")
    app.include_router(pages.preferences())
    app.include_router(pages.log_in(auth, f"{PREFIX}/respond"))
    return app


def _kafka(publisher: Publisher, delivery: Delivery) -> health.Check:
    async def check() -> str | None:
        return publisher.not_ready or delivery.progress.halted

    return check
