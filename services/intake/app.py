"""Puts intake together: reads top to bottom like the deployment diagram."""

import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI

from services.intake import api
from services.intake.database import Database
from services.intake.desk import Desk
from services.intake.keyring import KeyRing
from services.intake.settings import Settings
from services.intake.warm import Warm
from shared import campus, web
from shared.health import Health
from shared.i18n import translations
from shared.publish import Publisher

PREFIX = "/intake"


def build(settings: Settings) -> FastAPI:
    """The intake service."""
    places = campus.load(settings.meldkamer_campus)
    database = Database(settings.database_url)
    publisher = Publisher(settings.bootstrap, "meldkamer-intake")
    ring = KeyRing(database, settings.intake_keys_refresh_s)
    desk = Desk(places, publisher, ring, translations(places.language).gettext)
    warm = Warm(publisher)

    health = Health()
    health.add("kafka", warm.check)
    health.add("database", database.check)
    health.add("source_keys", ring.check)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with web.background(publisher.run, warm.run, database.run, ring.run, health.heartbeat):
            yield

    app = web.create("Meldkamer intake", PREFIX, health, lifespan)
    app.include_router(api.router(desk))
    return app
