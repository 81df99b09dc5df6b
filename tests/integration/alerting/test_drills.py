"""A drill ends when a real alarm calls its people, whatever made that alarm call them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.alerting import store_read
from services.alerting.core.model import Alert
from services.alerting.decide import Decider
from services.alerting.dispatch import Dispatcher
from services.alerting.drills import Drills
from shared import clock, db
from shared.db import Pool
from shared.words import AlertState, Confidentiality
from tests.integration.alerting.saving import saved
from tests.unit.alerting.world import COMING, NOT_COMING, NOW, Story, incident, opened


@pytest.fixture(autouse=True)
def time_of_the_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands still."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


async def looked(pool: Pool, drill: Story) -> Alert:
    """The drill after a look."""
    decider = Decider(pool, Dispatcher({}, str, 4.0, 5.0), lambda: None, lambda _: None, 5.0)
    await Drills(pool, decider).make_way()
    async with db.transaction(pool) as tx:
        (alert,) = await store_read.read_alerts(tx, [drill.alert.alert_id])
    return alert


async def test_a_real_alarm_that_calls_the_buddys_team_at_its_deadline_ends_the_drill_there(pool: Pool) -> None:
    drill = await saved(pool, opened(incident("drill", building="CARRE", drill=True)))
    real = await saved(pool, opened(incident("real")))
    assert (await looked(pool, drill)).state is AlertState.PAGING
    real.wait(45)
    await saved(pool, real)
    ended = await looked(pool, drill)
    assert (ended.state, ended.close_reason) == (AlertState.CLOSED, "pre-empted by a real alarm")
    assert {page.state for page in ended.pages} == {"stood_down"}
    async with db.transaction(pool) as tx:
        assert (await store_read.timeline(tx, ended.alert_id))[-1].cause == f"alert:{real.alert.alert_id}"
    assert (await looked(pool, drill)).version == ended.version


def is_restored(real: Story) -> None:
    """The detector says that it is over."""
    real.reports(incident("over", clears="d1"))


@pytest.mark.parametrize("over", [Story.closes, Story.stands_down, is_restored])
async def test_a_real_alarm_that_is_over_ends_none(pool: Pool, over: Callable[[Story], object]) -> None:
    drill = await saved(pool, opened(incident("drill", building="CARRE", drill=True)))
    real = await saved(pool, opened(incident("real", dedup_key="d1")))
    real.wait(45)
    await saved(pool, real)
    real.answers(NOT_COMING, "c1")
    await saved(pool, real)
    over(real)
    await saved(pool, real)
    assert (await looked(pool, drill)).state is AlertState.PAGING


async def test_a_drill_that_calls_people_of_an_older_alarm_goes_on(pool: Pool) -> None:
    """An alarm that nobody closes would make drills impossible for days."""
    real = opened(incident("real"))
    real.wait(45)
    await saved(pool, real)
    await pool.execute("UPDATE pages SET state = 'sent', sent_at = $1", NOW - timedelta(minutes=5))
    drill = await saved(pool, opened(incident("drill", building="CARRE", drill=True)))
    assert (await looked(pool, drill)).state is AlertState.PAGING


async def test_who_was_stood_down_again_is_free_for_the_drill(pool: Pool) -> None:
    drill = await saved(pool, opened(incident("drill", building="CARRE", drill=True)))
    real = opened(incident("real"))
    real.wait(45)
    real.answers(COMING, "h1", "h2", "h3")
    await saved(pool, real)
    assert (await looked(pool, drill)).state is AlertState.PAGING


async def test_what_is_confidential_ends_no_drill(pool: Pool) -> None:
    drill = await saved(pool, opened(incident("drill", building="CARRE", drill=True)))
    secret = opened(incident("secret", confidentiality=Confidentiality.CONFIDENTIAL))
    secret.wait(45)
    await saved(pool, secret)
    assert (await looked(pool, drill)).state is AlertState.PAGING
