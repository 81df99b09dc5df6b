"""`python -m services.intake`."""

from services.intake import app
from services.intake.settings import Settings
from shared import web

if __name__ == "__main__":
    settings = Settings()
    web.serve(app.build(settings), settings.intake_port, settings)
