"""The monitor page: the whole picture in its first HTML, kept live by a small script that fetches fragments."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.reporting import board, read
from services.reporting.read_changes import is_confidential
from services.reporting.views import AlertItem, AlertView, IncidentView
from services.reporting.wording import TABLES
from shared import clock, titles
from shared.auth import READERS, Auth, Person
from shared.campus import Campus
from shared.database import Database
from shared.i18n import language_of
from shared.pages import Pages
from shared.words import Language

Code = Annotated[str | None, Query(alias="building", max_length=64)]


class Monitor:
    """Renders the pages and fragments for whoever may read."""

    def __init__(self, database: Database, auth: Auth, campus: Campus, pages: Pages) -> None:
        self._database = database
        self._auth = auth
        self._campus = campus
        self._pages = pages
        self._zone = ZoneInfo(campus.timezone)

    def router(self) -> APIRouter:
        """The two pages and their fragments; they are for people, not part of the API."""
        html = APIRouter(prefix="/monitor", include_in_schema=False)

        @html.get("/")
        async def monitor(request: Request, building: Code = None) -> Response:
            return await self._for_reader(request, lambda: self._board(request, "monitor.html", building))

        @html.get("/fragments/board")
        async def board_fragment(request: Request, building: Code = None) -> Response:
            return await self._for_reader(request, lambda: self._board(request, "fragment_board.html", building))

        @html.get("/alerts/{alert_id}")
        async def alert(request: Request, alert_id: UUID) -> Response:
            return await self._for_reader(request, lambda: self._alert(request, "alert.html", alert_id))

        @html.get("/fragments/alerts/{alert_id}")
        async def alert_fragment(request: Request, alert_id: UUID) -> Response:
            return await self._for_reader(request, lambda: self._alert(request, "fragment_alert.html", alert_id))

        return html

    async def _for_reader(self, request: Request, show: Callable[[], Awaitable[Response]]) -> Response:
        """Who is not logged in goes to the log-in and comes back; who may not read is told where to go."""
        person = self._auth.person(request)
        if person is None:
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/monitor/login?back={quote(back, safe='')}", HTTPStatus.SEE_OTHER)
        if person.role not in READERS:
            return self._pages.render(request, "not_for_you.html", HTTPStatus.FORBIDDEN)
        answer = await show()
        answer.headers["cache-control"] = "no-store"
        return answer

    async def _board(self, request: Request, template: str, code: str | None) -> Response:
        code = code.upper() if code else None
        async with self._database.pool.acquire() as db:
            found = await board.board(db, self._campus, code, language_of(request), self._sees_all(request))
        place = self._campus.building(code) if code else None
        name = (place.name.read_in(language_of(request)) if place else code) if code else None
        return self._render(request, template, board=found, only=code, only_name=name)

    async def _alert(self, request: Request, template: str, alert_id: UUID) -> Response:
        async with self._database.pool.acquire() as db:
            found = await read.alert(db, alert_id, self._sees_all(request))
        if found is None:
            return self._pages.render(request, "no_alert.html", HTTPStatus.NOT_FOUND)
        return self._render(request, template, alert=found)

    def _sees_all(self, request: Request) -> bool:
        person = self._auth.person(request)
        return person is not None and person.sees_confidential

    def _render(self, request: Request, template: str, **values: object) -> Response:
        person = self._auth.person(request)
        return self._pages.render(
            request,
            template,
            200,
            now=clock.now(),
            may_act=partial(_may_act, person),
            person=person,
            **self._words(request),
            **values,
        )

    def _words(self, request: Request) -> Mapping[str, object]:
        """How codes, ids and moments are written for this reader."""
        language = language_of(request)
        plans = {plan.id: plan.name.read_in(language) for plan in self._campus.plans}
        teams = {team.team_id: team.name.read_in(language) for team in self._campus.teams}
        places = {b.code: b.name.read_in(language) for b in self._campus.buildings}
        return {
            **TABLES,
            "kind_names": {kind: phrase.read_in(language) for kind, phrase in titles.KINDS.items()},
            "title_of": partial(_title, language),
            "plan_names": plans,
            "team_names": teams,
            "place_names": places,
            "timezone": self._campus.timezone,
            "emergency_number": self._campus.emergency_number,
            "clock_time": self._clock_time,
            "day_time": self._day_time,
            "minutes": minutes,
        }

    def _clock_time(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%H:%M:%S")

    def _day_time(self, moment: datetime) -> str:
        """With its date when that is not today."""
        local = moment.astimezone(self._zone)
        today = clock.now().astimezone(self._zone).date()
        return local.strftime("%H:%M:%S" if local.date() == today else "%d-%m-%Y %H:%M")


def minutes(span: timedelta) -> str:
    """A countdown, `0:32`; never below zero."""
    seconds = max(0, round(span.total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02}"


def _title(language: Language, of: AlertItem | AlertView | IncidentView) -> str:
    """What was written over it, in the reader's language where the words are our own; else what kind it is."""
    return titles.read_in(of.title, language) or titles.KINDS[of.kind].read_in(language)


def _may_act(person: Person | None, alert: AlertItem | AlertView) -> bool:
    return person is not None and person.acts_on(is_confidential(alert))
