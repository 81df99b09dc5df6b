"""`python -m services.alerting`: one replica of alerting."""

from services.alerting.app import build
from services.alerting.settings import Settings
from shared import web

if __name__ == "__main__":
    settings = Settings()
    web.serve(build(settings), settings.alerting_port, settings)
