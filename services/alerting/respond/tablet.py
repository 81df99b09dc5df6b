"""The responder's tablet: his open pages, his answers, where he is. Works without script; with script it is live."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from services.alerting import people
from services.alerting.api_people import no_member
from services.alerting.channels.tablet import Tablets
from services.alerting.facts import Facts
from services.alerting.people import Someone
from services.alerting.respond import live, who
from services.alerting.respond.read import Scenes
from services.alerting.respond.view import Card, card_of
from services.alerting.respond.who import HOME
from shared import clock, db
from shared.auth import Auth, Person
from shared.db import Pool
from shared.i18n import language_of
from shared.pages import Pages
from shared.problems import bad_fields

CLOSED_FOR = timedelta(minutes=15)  # a closed alert stays on the tablet, so that nobody wonders where it went


@dataclass(frozen=True, slots=True)
class Tablet:
    """The open tablet of the member who is logged in."""

    pool: Pool
    scenes: Scenes
    tablets: Tablets
    facts: Facts
    auth: Auth
    pages: Pages

    async def show(self, request: Request) -> Response:
        """The whole page; who is not logged in goes there first, who is not paged is told whom it is for."""
        person = self.auth.person(request)
        if person is None:
            return who.to_log_in(HOME)
        someone = await self._member(person)
        if someone is None:
            return self.pages.render(request, "respond_whom.html", person=person)
        said, building = someone.where(clock.now())
        return self.pages.render(
            request,
            "respond.html",
            cards=await self._cards(request, someone.member.member_id),
            token="",
            someone=someone,
            zone=self.facts.timezone.key,
            said=said,
            building=building,
            buildings=[(b.code, b.name.read_in(language_of(request))) for b in self.facts.campus.buildings],
        )

    async def fragment(self, request: Request) -> Response:
        """The cards alone, for the script."""
        cards = await self._cards(request, who.member_id(self.auth, request))
        return self.pages.render(request, "respond_cards.html", cards=cards, token="")

    async def live(self, request: Request) -> Response:
        """The stream that tells the script to look."""
        return live.stream(request, self.tablets, who.member_id(self.auth, request))

    async def presence(self, request: Request, building: str = Form("")) -> Response:
        """Where I am; nothing chosen is "not here". Holds from the next alert on."""
        member_id = who.member_id(self.auth, request)
        found = self.facts.campus.building(building) if building else None
        if building and found is None:
            raise bad_fields({"field": "building", "detail": f"no building {building}"})
        async with db.transaction(self.pool) as tx:
            if not await people.set_presence(tx, member_id, found.code if found else None, None, clock.now()):
                raise no_member(member_id)
        return RedirectResponse(HOME, HTTPStatus.SEE_OTHER)

    async def _cards(self, request: Request, member_id: str) -> list[Card]:
        language, now = language_of(request), clock.now()
        found = await self.scenes.of_member(member_id, now - CLOSED_FOR)
        return [card_of(scene, page, self.facts, language, now) for scene, page in found]

    async def _member(self, person: Person) -> Someone | None:
        if person.member_id is None:
            return None
        async with self.pool.acquire(timeout=3) as tx:
            return await people.one(tx, person.member_id)
