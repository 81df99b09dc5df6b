"""The people of the campus file are all put in, or put in again; what people changed since stays."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from deploy.embedded import people
from deploy.embedded.jars import PartMissing
from shared.campus import Channel, ChannelKind, Person
from shared.words import Language

EVERYBODY = [
    Person(f"m{n}", f"M {n}", Language.NL, ("bhv-horst",), (), (Channel(ChannelKind.TABLET, "t"),), "HORST")
    for n in range(20)
]
IDS = {person.member_id for person in EVERYBODY}


class Alerting:
    """The part of alerting's API that keeps people; from `taken` requests on it answers `then`."""

    def __init__(self) -> None:
        self.members: dict[str, dict[str, Any]] = {}
        self.presence: dict[str, str | None] = {}
        self.taken, self.then = 1_000, 422
        self.stuck = asyncio.Event()
        app = web.Application()
        app.router.add_get("/alerting/v1/members", self._list)
        app.router.add_put("/alerting/v1/members/{id}", self._put)
        app.router.add_put("/alerting/v1/members/{id}/presence", self._presence)
        self.server = TestServer(app)

    async def seed(self, state: Path, everybody: list[Person] = EVERYBODY) -> int:
        """As a run does it, after the services are ready."""
        return await people.seed(str(self.server.make_url("/alerting")), "token", everybody, state / "people.json")

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"items": list(self.members.values()), "next": None})

    async def _put(self, request: web.Request) -> web.Response:
        if (refused := await self._refused()) is not None:
            return refused
        member_id = request.match_info["id"]
        self.members[member_id] = {"member_id": member_id, **await request.json()}
        return web.json_response({})

    async def _presence(self, request: web.Request) -> web.Response:
        if (refused := await self._refused()) is not None:
            return refused
        self.presence[request.match_info["id"]] = (await request.json())["building"]
        return web.json_response({})

    async def _refused(self) -> web.Response | None:
        """A problem once it has taken enough; 0 is no answer at all."""
        self.taken -= 1
        if self.taken >= 0:
            return None
        self.stuck.set()
        if not self.then:
            await asyncio.sleep(10)
        return web.json_response({"detail": "no"}, status=self.then)


@pytest.fixture(name="alerting")
async def _alerting() -> AsyncIterator[Alerting]:
    alerting = Alerting()
    await alerting.server.start_server()
    yield alerting
    await alerting.server.close()


async def test_an_empty_product_gets_everybody_and_where_they_are_once(alerting: Alerting, tmp_path: Path) -> None:
    assert await alerting.seed(tmp_path) == 20
    assert set(alerting.members) == set(alerting.presence) == IDS
    del alerting.members["m3"]
    assert await alerting.seed(tmp_path) == 0
    assert "m3" not in alerting.members


@pytest.mark.parametrize("taken", [0, 1, 9, 20, 39])
async def test_a_seed_that_failed_half_way_is_done_again_by_the_next_start(
    alerting: Alerting, tmp_path: Path, taken: int
) -> None:
    alerting.taken = taken
    with pytest.raises(PartMissing, match="422"):
        await alerting.seed(tmp_path)
    alerting.taken = 1_000
    assert await alerting.seed(tmp_path) == 20
    assert set(alerting.members) == set(alerting.presence) == IDS
    assert await alerting.seed(tmp_path) == 0


async def test_a_seed_that_was_cut_off_is_done_again_by_the_next_start(alerting: Alerting, tmp_path: Path) -> None:
    alerting.taken, alerting.then = 13, 0
    seeding = asyncio.create_task(alerting.seed(tmp_path))
    await alerting.stuck.wait()
    seeding.cancel()
    await asyncio.wait([seeding])
    alerting.taken = 1_000
    assert await alerting.seed(tmp_path) == 20
    assert set(alerting.members) == set(alerting.presence) == IDS


async def test_a_member_written_after_the_seed_failed_is_put_in_and_one_crossed_out_is_not(
    alerting: Alerting, tmp_path: Path
) -> None:
    alerting.taken = 5
    with pytest.raises(PartMissing):
        await alerting.seed(tmp_path, EVERYBODY[:10])
    alerting.taken = 1_000
    assert await alerting.seed(tmp_path, EVERYBODY[1:]) == 19
    assert set(alerting.presence) >= IDS - {"m0"}


async def test_what_people_changed_in_a_folder_of_an_older_version_stays(alerting: Alerting, tmp_path: Path) -> None:
    alerting.members = {"m1": {"member_id": "m1", "name": "Renamed"}, "m2": {"member_id": "m2", "name": "M 2"}}
    alerting.presence = {"m1": None}
    assert await alerting.seed(tmp_path) == 18
    assert alerting.members["m1"]["name"] == "Renamed"
    assert alerting.presence == {"m1": None, **dict.fromkeys(IDS - {"m1", "m2"}, "HORST")}
    assert await alerting.seed(tmp_path) == 0


async def test_an_emptied_database_is_an_empty_product(alerting: Alerting, tmp_path: Path) -> None:
    await alerting.seed(tmp_path)
    alerting.members, alerting.presence = {}, {}
    assert await alerting.seed(tmp_path) == 20


async def test_the_marker_is_in_the_state_folder(
    alerting: Alerting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELDKAMER_STATE", str(tmp_path))
    await people.seed(str(alerting.server.make_url("/alerting")), "token", EVERYBODY)
    assert (tmp_path / "people.json").read_text() == "[]"
