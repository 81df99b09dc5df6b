"""Members, presence and teams over HTTP."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response

from services.alerting import people, shapes
from services.alerting.channels import webhook
from services.alerting.core.facts import Channel, Member
from services.alerting.facts import Facts
from services.alerting.people import Someone
from services.alerting.shapes import MemberIn, PresenceIn
from shared import clock, db
from shared.auth import EVERYONE, OPERATORS, READERS, Auth, Person
from shared.db import Pool
from shared.openapi import refusals
from shared.problems import Problem, bad_fields

CHANNELS = ("webhook", "tablet", "console")
MemberId = Path(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$")


def router(pool: Pool, facts: Facts, auth: Auth, allow_private: bool) -> APIRouter:
    """Everything under /alerting/v1 about people."""
    api = APIRouter(prefix="/alerting/v1", tags=["people"], responses=refusals(401, 403, 503))
    _members(api, pool, facts, auth, allow_private)
    _presence(api, pool, facts, auth)
    _teams(api, pool, facts, auth)
    return api


def _members(api: APIRouter, pool: Pool, facts: Facts, auth: Auth, allow_private: bool) -> None:
    reader, acting = Depends(auth.require(READERS)), Depends(auth.require(OPERATORS))

    @api.get("/members", dependencies=[reader])
    async def members() -> dict[str, Any]:
        """Everybody with teams and presence."""
        async with pool.acquire() as tx:
            found = await people.everybody(tx)
        return {"items": [shapes.member_out(someone) for someone in found], "next": None}

    @api.get("/members/{member_id}", dependencies=[reader], responses=refusals(404, 422))
    async def member(member_id: str = MemberId) -> dict[str, Any]:
        """One member."""
        return shapes.member_out(await _one(pool, member_id))

    put_answers = {201: {"description": "A new member"}, **refusals(400, 413, 422)}

    @api.put("/members/{member_id}", dependencies=[acting], responses=put_answers)
    async def put(body: MemberIn, request: Request, member_id: str = MemberId) -> JSONResponse:  # noqa: ARG001
        """Add (201) or replace (200) a member; his presence stays. Holds from the next alert on."""
        _check(body, facts, allow_private)
        new_member = Member(
            member_id=member_id,
            name=body.name,
            language=body.language,
            functions=tuple(body.functions),
            channels=tuple(Channel(c.kind, c.address) for c in body.channels),
        )
        async with db.transaction(pool) as tx:
            new = await people.put(tx, new_member, body.teams, clock.now())
        return _json(shapes.member_out(await _one(pool, member_id)), HTTPStatus.CREATED if new else HTTPStatus.OK)

    @api.delete("/members/{member_id}", dependencies=[acting], status_code=204, responses=refusals(404, 422))
    async def delete(member_id: str = MemberId) -> Response:
        """Remove a member; pages of the past stay."""
        async with db.transaction(pool) as tx:
            if not await people.delete(tx, member_id):
                raise no_member(member_id)
        return Response(status_code=204)


def _presence(api: APIRouter, pool: Pool, facts: Facts, auth: Auth) -> None:
    anyone = Depends(auth.require(EVERYONE))

    @api.put("/members/{member_id}/presence", responses=refusals(400, 404, 413, 422))
    async def presence(body: PresenceIn, member_id: str = MemberId, person: Person = anyone) -> dict[str, Any]:
        """Where a member is, by himself or an operator; null is "not here". Holds from the next alert on."""
        if person.role not in OPERATORS and person.member_id != member_id:
            raise Problem(HTTPStatus.FORBIDDEN, "another member's presence is for operators")
        building = _building(facts, body.building)
        async with db.transaction(pool) as tx:
            if not await people.set_presence(tx, member_id, building, body.until, clock.now()):
                raise no_member(member_id)
        return shapes.member_out(await _one(pool, member_id))


def _teams(api: APIRouter, pool: Pool, facts: Facts, auth: Auth) -> None:
    @api.get("/teams", dependencies=[Depends(auth.require(READERS))])
    async def teams() -> dict[str, Any]:
        """Every team of the campus file with its members, and who of them can be paged now."""
        async with pool.acquire() as tx:
            everybody = await people.everybody(tx)
        now = clock.now()
        items = [
            {
                "team_id": team.team_id,
                "kind": team.kind,
                "name": {"nl": team.name.nl, "en": team.name.en},
                "building": team.building,
                "members": [s.member.member_id for s in everybody if team.team_id in s.teams],
                "available": [
                    s.member.member_id for s in everybody if team.team_id in s.teams and s.available(team.team_id, now)
                ],
            }
            for team in facts.campus.teams
        ]
        return {"items": items, "next": None}


async def _one(pool: Pool, member_id: str) -> Someone:
    async with pool.acquire() as tx:
        someone = await people.one(tx, member_id)
    if someone is None:
        raise no_member(member_id)
    return someone


def no_member(member_id: str) -> Problem:
    """Also for one who was removed and still has an account."""
    return Problem(HTTPStatus.NOT_FOUND, f"no member {member_id}")


def _building(facts: Facts, code: str | None) -> str | None:
    if code is None:
        return None
    building = facts.campus.building(code)
    if building is None:
        known = ", ".join(facts.buildings)
        _refuse("building", f"no building {code}; there are {known}")
        return None
    return building.code


def _check(body: MemberIn, facts: Facts, allow_private: bool) -> None:
    """Teams and channels must exist; a webhook must be callable."""
    for number, team in enumerate(body.teams):
        if facts.campus.team(team) is None:
            _refuse(f"teams.{number}", f"no team {team} in the campus file")
    for number, channel in enumerate(body.channels):
        if channel.kind not in CHANNELS:
            _refuse(f"channels.{number}.kind", f"no channel {channel.kind}; there are {', '.join(CHANNELS)}")
        if channel.kind == webhook.KIND and (why := webhook.refused(channel.address, allow_private)):
            _refuse(f"channels.{number}.address", why)


def _refuse(field: str, detail: str) -> None:
    raise bad_fields({"field": field, "detail": detail})


def _json(body: dict[str, Any], status: HTTPStatus) -> JSONResponse:
    return JSONResponse(jsonable_encoder(body), status)
