"""The responder's pages."""

from fastapi import APIRouter

from services.alerting.channels.tablet import Tablets
from services.alerting.decide import Decider
from services.alerting.marks import Marks
from shared.auth import Auth
from shared.db import Pool
from shared.pages import Pages


def router(pool: Pool, decider: Decider, marks: Marks, tablets: Tablets, auth: Auth, pages: Pages) -> APIRouter:
    """Being written."""
    return APIRouter(prefix="/alerting")
