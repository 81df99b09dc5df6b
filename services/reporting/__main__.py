"""`python -m services.reporting`."""

import gc

gc.disable()  # until `web.serve`: going through what is only being loaded is a quarter of the start

from services.reporting.app import build
from services.reporting.settings import Settings
from shared import web

if __name__ == "__main__":
    settings = Settings()
    web.serve(build(settings), settings.reporting_port, settings)
