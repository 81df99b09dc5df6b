"""`python -m services.intake`."""

import gc

gc.disable()  # until `web.serve`: going through what is only being loaded is a quarter of the start

from services.intake import app
from services.intake.settings import Settings
from shared import web

if __name__ == "__main__":
    settings = Settings()
    web.serve(app.build(settings), settings.intake_port, settings)
