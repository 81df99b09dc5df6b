"""`python -m services.alerting`: one replica of alerting."""

import gc

gc.disable()  # until `web.serve`: going through what is only being loaded is a quarter of the start

from services.alerting.app import build
from services.alerting.settings import Settings
from shared import web

if __name__ == "__main__":
    settings = Settings()
    web.serve(build(settings), settings.alerting_port, settings)
