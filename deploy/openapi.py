"""The OpenAPI document of a service, from the application itself."""

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
    app = application(service, database_url)
    async with app.router.lifespan_context(app):
        return app.openapi()


def application(service: str, database_url: str) -> FastAPI:
    """A service as `python -m services.<name>` would build it, with a broker that is away."""
    match service:
        case "intake":
            return intake.build(Intake(**told(database_url)))
        case "alerting":
            return alerting.build(Alerting(**told(database_url)))
        case "reporting":
            return reporting.build(Reporting(**told(database_url)))
        case _:
            raise ValueError(f"no service {service}")


def told(database_url: str) -> dict[str, Any]:
    """The settings that matter."""
    return {"kafka_bootstrap_servers": NO_BROKER, "database_url": database_url, "meldkamer_secret": SECRET}
