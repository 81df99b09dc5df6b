"""Every address under /alerting/respond, in one table."""

from fastapi import APIRouter

from services.alerting.channels.tablet import Tablets
from services.alerting.decide import Decider
from services.alerting.facts import Facts
from services.alerting.respond.page import OnePage
from services.alerting.respond.read import Scenes
from services.alerting.respond.tablet import Tablet
from services.alerting.respond.who import HOME
from shared.auth import Auth
from shared.db import Pool
from shared.pages import Pages


def router(pool: Pool, decider: Decider, tablets: Tablets, facts: Facts, auth: Auth, pages: Pages) -> APIRouter:
    """Everything under /alerting/respond: the tablet of the one who is logged in, and each page by its signed link."""
    scenes = Scenes(pool)
    tablet = Tablet(pool, scenes, tablets, facts, auth, pages)
    page = OnePage(pool, scenes, decider, tablets, facts, auth, pages)
    own = APIRouter(prefix=HOME, include_in_schema=False)
    own.add_api_route("", tablet.show)
    own.add_api_route("/fragment", tablet.fragment)
    own.add_api_route("/live", tablet.live)
    own.add_api_route("/presence", tablet.presence, methods=["POST"])
    own.add_api_route("/{page_id}", page.show)
    own.add_api_route("/{page_id}", page.answer, methods=["POST"])
    own.add_api_route("/{page_id}/fragment", page.fragment)
    own.add_api_route("/{page_id}/live", page.live)
    return own
