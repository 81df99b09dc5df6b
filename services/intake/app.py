"""Puts intake together: reads top to bottom like the deployment diagram."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI

from services.intake import api, forms
from services.intake.chat import advise
from services.intake.chat import parts as chat_parts
from services.intake.confidential import Veil
from services.intake.desk import Desk
from services.intake.keyring import KeyRing
from services.intake.reception import Reception
from services.intake.sending import Sending
from services.intake.settings import Settings
from services.intake.warm import Warm
from shared import campus, clock, web
from shared.auth import Auth
from shared.database import Database
from shared.health import Health
from shared.pages import Pages
from shared.publish import Publisher

PREFIX = "/intake"
STATIC = Path(__file__).parent / "static"


def build(settings: Settings) -> FastAPI:
    """The intake service."""
    places = campus.load(settings.meldkamer_campus)
    database = Database(settings.database_url, "intake")
    publisher = Publisher(settings.bootstrap, "meldkamer-intake")
    warm = Warm(publisher)
    ring = KeyRing(database, settings.intake_keys_refresh_s)
    pages = Pages("services.intake", PREFIX)

    def reception(source: str) -> Reception:
        return Reception(source, clock.now(), places, clock.new_id)

    chat = chat_parts.build(settings, database, publisher, reception, pages)
    desk = Desk(Sending(publisher, chat.talk, Veil(settings.confidential_secret)), ring, reception)

    health = Health()  # without PostgreSQL alarms are taken all the same, once the keys were read
    health.add("kafka", warm.check)
    health.add("source_keys", ring.check)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loops = (publisher.run, warm.run, ring.run, *chat.loops, health.heartbeat)
        async with database, web.background(*loops):
            yield

    app = web.create("Meldkamer intake", PREFIX, health, lifespan)
    pages.mount(app, STATIC)
    app.include_router(api.router(desk))
    app.router.routes.insert(0, app.router.routes.pop())  # an alarm's way through the table of routes is the shortest
    for router in (
        forms.router(desk, pages, places, settings.intake_form_per_minute),
        *chat.routers,
        pages.preferences(),
        pages.log_in(Auth(settings), advise.HOME),
    ):
        app.include_router(router)
    return app
