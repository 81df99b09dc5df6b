"""`python -m services.reporting`."""

from services.reporting.app import build
from services.reporting.settings import Settings
from shared import web

if __name__ == "__main__":
    settings = Settings()
    web.serve(build(settings), settings.reporting_port, settings)
