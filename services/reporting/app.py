"""Reporting: the views of what happened, as JSON, as a live stream and as the monitor page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from services.reporting import api, stream
from services.reporting.fold import LiveFold
from services.reporting.live import Live
from services.reporting.monitor import Monitor
from services.reporting.pulse import Pulse
from services.reporting.settings import Settings
from shared import campus as campus_file
from shared import kafka, topics, web
from shared.auth import Auth
from shared.database import Database
from shared.delivery import Delivery
from shared.health import Check, Health
from shared.outbox import Relay
from shared.pages import Pages
from shared.publish import Publisher

SERVICE = "reporting"
PREFIX = "/monitor"
# The monitor may be 40 ms later: Kafka has a fetch, PostgreSQL a transaction for all that comes meanwhile.
GATHER = kafka.Gather(most=2_000, fetch_ms=40, fetch_bytes=1024 * 1024)


def build(settings: Settings) -> FastAPI:
    """The deployment: PostgreSQL, one consumer of every topic, one reader of the revisions, the web application."""
    auth = Auth(settings)
    campus = campus_file.load(settings.meldkamer_campus)
    database = Database(settings.database_url, SERVICE)
    broker = kafka.consumer_broker(settings.bootstrap, SERVICE)
    pulse = Pulse(lambda: kafka.silent_s(broker))
    live = Live(database, settings.reporting_stream_buffer, pulse)
    publisher = Publisher(settings.bootstrap, SERVICE)

    async def consume() -> None:
        pool = database.pool
        relay = Relay(pool, publisher)  # carries dead letters alone
        fold, dead_limit = LiveFold(live.wake, pulse.folded).on_events, settings.reporting_dead_limit
        delivery = Delivery(SERVICE, pool, fold, relay.wake, dead_limit, inbox=False)
        pulse.progress = delivery.progress
        health.add("delivery", _not_halted(delivery))
        group = kafka.Group(SERVICE, settings.kafka_session_timeout_ms)
        subscription = kafka.subscribe(broker, topics.of_consumer(SERVICE), group, delivery, GATHER)
        await asyncio.gather(kafka.keep_running(subscription), relay.run())

    async def leave() -> None:
        await app.state.leaving.wait()
        live.close()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001
        loops = (health.heartbeat, publisher.run, consume, live.run, leave)
        async with database, web.background(*loops):
            yield

    health = Health()
    health.add("database", database.check)
    health.add("consumer", kafka.consuming(broker))
    app = web.create("Meldkamer reporting", PREFIX, health, lifespan)
    app.state.pulse = pulse
    app.include_router(api.router(database, auth, campus))
    app.include_router(stream.router(database, auth, live, pulse))
    pages = Pages("services.reporting", PREFIX)
    app.include_router(pages.preferences())
    app.include_router(pages.log_in(auth, home=f"{PREFIX}/"))
    app.include_router(Monitor(database, auth, campus, pages).router())
    pages.mount(app, Path(__file__).parent / "static")
    return app


def _not_halted(delivery: Delivery) -> Check:
    async def check() -> str | None:
        return delivery.progress.halted

    return check
