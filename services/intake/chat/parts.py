"""Puts the chat together: its pages and the loops that run beside them."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter

from services.intake.chat import advise, pages
from services.intake.chat.advise import AdvisePages
from services.intake.chat.outlet import Outlet, Sweeper
from services.intake.chat.pages import ChatPage
from services.intake.chat.sealing import Seal
from services.intake.chat.talk import SYSTEM, Talk
from services.intake.reception import Reception
from services.intake.settings import Settings
from shared.auth import Auth
from shared.database import Database
from shared.pages import Pages
from shared.problems import unavailable
from shared.publish import Publisher

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the application includes and runs."""

    talk: Talk | None
    routers: tuple[APIRouter, ...]
    loops: tuple[Callable[[], Awaitable[None]], ...]


def build(
    settings: Settings, database: Database, publisher: Publisher, reception: Callable[[str], Reception], look: Pages
) -> Parts:
    """The chat. Without a secret anybody could open it, so it is closed; alarms are taken all the same."""
    secret = settings.intake_chat_key.get_secret_value() or settings.meldkamer_secret.get_secret_value()
    if not secret:
        log.warning("the chat is closed: set INTAKE_CHAT_KEY or MELDKAMER_SECRET to a random text of 32 bytes or more")
        return Parts(None, (_closed(),), ())
    outlet = Outlet(database, publisher)
    sweeper = Sweeper(database, settings.intake_chat_keep_days)
    talk = Talk(database, Seal(secret), outlet.wake)
    writer = ChatPage(talk, look, lambda: reception(SYSTEM), settings)
    adviser = AdvisePages(talk, look, Auth(settings), reception(SYSTEM).campus)
    routers = (pages.router(writer, settings.intake_chat_exit_url), advise.router(adviser))
    return Parts(talk, routers, (outlet.run, sweeper.run))


def _closed() -> APIRouter:
    api = APIRouter(prefix="/intake/chat", include_in_schema=False)

    @api.api_route("", methods=["GET", "POST"])
    async def closed() -> None:
        raise unavailable("the chat has not been set up: INTAKE_CHAT_KEY or MELDKAMER_SECRET is missing")

    return api
