"""The OpenAPI document of a service, from the application itself."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr

from services.alerting import app as alerting
from services.alerting.settings import Settings as Alerting
from services.intake import app as intake
from services.intake.settings import Settings as Intake
from services.reporting import app as reporting
from services.reporting.settings import Settings as Reporting

NO_BROKER = "127.0.0.1:9"
SECRET = SecretStr("of no use: nobody logs in to write a document")


async def document(service: str, database_url: str) -> dict[str, Any]:
    """Started with a database and without a broker, since a part of the paths is added at the start."""
    app = _build(service)(database_url)
    async with app.router.lifespan_context(app):
        return app.openapi()


def _build(service: str) -> Callable[[str], FastAPI]:
    match service:
        case "intake":
            return lambda url: intake.build(
                Intake(kafka_bootstrap_servers=NO_BROKER, database_url=url, meldkamer_secret=SECRET)
            )
        case "alerting":
            return lambda url: alerting.build(
                Alerting(kafka_bootstrap_servers=NO_BROKER, database_url=url, meldkamer_secret=SECRET)
            )
        case "reporting":
            return lambda url: reporting.build(
                Reporting(kafka_bootstrap_servers=NO_BROKER, database_url=url, meldkamer_secret=SECRET)
            )
        case _:
            raise ValueError(f"no service {service}")
