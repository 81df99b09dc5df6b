"""The keys of sources: made, tried beside the old one, ended, and good while PostgreSQL is away."""

import asyncio
import os

import pytest
from typer.testing import CliRunner

from deploy.cli.keys import app as command
from services.intake import keys
from services.intake.settings import Settings
from shared.campus import Scope
from shared.errors import Misconfigured
from tests.integration.intake.desk import Intake

ALARM = {"device": "d1", "building": "HORST", "event": "alarm"}


async def send(intake: Intake, key: str) -> int:
    answer = await intake.http.post(
        "/intake/v1/fire-alarms", json=ALARM, headers={"authorization": f"Bearer {key}"}
    )  # fmt: skip
    return answer.status_code


async def test_a_new_key_opens_its_endpoint_at_once(intake: Intake) -> None:
    assert await send(intake, await keys.create(intake.settings.database_url, "ascom", [Scope.FIRE])) == 202


async def test_the_old_key_is_good_beside_the_new_one_until_it_is_revoked(intake: Intake) -> None:
    url = intake.settings.database_url
    old, new = [await keys.create(url, "ascom", [Scope.FIRE]) for _ in range(2)]
    assert [await send(intake, key) for key in (old, new)] == [202, 202]
    with pytest.raises(Misconfigured):
        await keys.create(url, "ascom", [Scope.FIRE])
    (mine,) = [key for key in await keys.list_all(url) if key.sha256 == keys.sha256(old)]
    assert await keys.revoke(url, mine.id)
    assert not await keys.revoke(url, mine.id), "it has ended already"
    await asyncio.sleep(3 * intake.settings.intake_keys_refresh_s)
    assert [await send(intake, key) for key in (old, new)] == [401, 202]


async def test_the_run_may_ensure_its_keys_at_every_start(settings: Settings) -> None:
    for key in ("a", "a", "b", "c", "c"):
        await keys.ensure(settings.database_url, "fire", [Scope.FIRE], key)
    good = [key.sha256 for key in await keys.list_all(settings.database_url) if key.revoked_at is None]
    assert sorted(good) == sorted(map(keys.sha256, "bc")), "two at a time, the newest"


async def test_a_key_may_get_another_scope(settings: Settings) -> None:
    for scopes in ([Scope.FIRE], [Scope.FIRE, Scope.ACCESS]):
        await keys.ensure(settings.database_url, "panel", scopes, "a")
    (key,) = await keys.list_all(settings.database_url)
    assert key.scopes == {Scope.FIRE, Scope.ACCESS}


async def test_a_flood_of_wrong_keys_asks_the_database_little(intake: Intake) -> None:
    began = asyncio.get_running_loop().time()
    assert set(await asyncio.gather(*(send(intake, f"wrong-{number}") for number in range(200)))) == {401}
    assert asyncio.get_running_loop().time() - began < 3, "one query answers them all"


async def test_the_command_makes_lists_and_ends_keys(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "DATABASE_URL", settings.database_url)

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(command, words, env={"COLUMNS": "200"})
        return result.exit_code, result.output

    made, key = await asyncio.to_thread(run, "create", "--source", "ascom", "--scope", "fire,access")
    assert made == 0
    (stored,) = await keys.list_all(settings.database_url)
    assert stored.sha256 == keys.sha256(key.strip())
    _, listed = await asyncio.to_thread(run, "list")
    assert str(stored.id) in listed
    assert key.strip() not in listed
    assert (await asyncio.to_thread(run, "revoke", str(stored.id)))[0] == 0
    assert (await asyncio.to_thread(run, "revoke", str(stored.id)))[0] == 1
    for wrong in (["--source", "Ascom!", "--scope", "fire"], ["--source", "ascom", "--scope", "dragon"]):
        assert (await asyncio.to_thread(run, "create", *wrong))[0] == 1
