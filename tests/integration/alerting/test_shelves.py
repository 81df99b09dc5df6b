"""What a shelf silences, as PostgreSQL keeps it and over HTTP."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from services.alerting import shelves, store_gather
from services.alerting.decide import Decider
from services.alerting.dispatch import Dispatcher
from services.alerting.facts import facts_of
from services.alerting.on_incidents import OnIncidents
from services.alerting.people import Roster
from services.alerting.shelves import Shelf
from services.alerting.store_gather import Wanted
from shared import campus, db
from shared.db import Pool
from shared.events import IncidentReported
from shared.words import Confidentiality, Kind
from tests.integration.alerting.alarm import Product, product_on
from tests.unit.alerting.world import NOW, incident

CAMPUS = Path("deploy/campus")
UNTIL = NOW + timedelta(minutes=5)


@pytest.fixture
async def product(kafka: Kafka, postgres: Postgres, tmp_path: Path) -> AsyncIterator[Product]:
    """An alerting service with accounts."""
    async with product_on(kafka, postgres, tmp_path) as running:
        yield running


async def test_a_device_that_an_alert_shelved_still_pages_for_a_fire_in_another_building(product: Product) -> None:
    alarm = await product.alarm()
    answer = await product.ask("operator", "POST", f"/alerts/{alarm.alert}/shelve", b'{"reason": "Burnt toast"}')
    assert "shelved test/12 in " in answer.json()["timeline"][-1]["text"]
    elsewhere = await product.report(Kind.FIRE_ALARM, "CARRE", Confidentiality.INTERNAL)
    whole = (await product.ask("operator", "GET", f"/alerts/{elsewhere}")).json()
    assert (whole["building"], whole["incidents"]) == ("CARRE", 1)
    kept = (await product.ask("auditor", "GET", "/shelved")).json()["items"]
    assert [(one["source"], one["building"]) for one in kept if one["source"] == "test/12"] == [("test/12", "HORST")]


async def test_a_device_shelved_in_a_building_opens_nothing_there_and_an_alert_elsewhere(pool: Pool) -> None:
    await put(pool, shelf("panel/a", "HORST"))
    assert await opens(pool, incident("a"), device_in("a", "CARRE")) == {"CARRE"}
    assert await opens(pool, incident("b")) == {"CARRE", "HORST"}


async def test_what_is_shelved_opens_nothing_until_its_time_is_over(pool: Pool) -> None:
    batch = [incident("a"), incident("b", building="CARRE"), incident("c", building="RAVELIJN")]
    await put(pool, shelf("panel", None))
    assert await opens(pool, *batch) == set()
    assert await opens(pool, *batch, now=UNTIL) == {"HORST", "CARRE", "RAVELIJN"}


@pytest.mark.parametrize(
    "what", [("panel/a", None), (None, "CARRE"), ("panel/a", "CARRE")], ids=["source", "building", "both"]
)
async def test_a_shelf_stands_until_it_is_ended_and_a_second_one_of_the_same_with_it(
    pool: Pool, what: tuple[str | None, str | None]
) -> None:
    on_shelf, again = shelf(*what), shelf(*what)
    await put(pool, on_shelf, again)
    async with db.transaction(pool) as tx:
        _, standing = await store_gather.gather(tx, Wanted(), NOW)
        assert standing.shelved == {what}
        assert {kept.shelf_id for kept in await shelves.shelved(tx, NOW)} == {on_shelf.shelf_id, again.shelf_id}
        assert await shelves.end(tx, on_shelf.shelf_id, NOW)
        assert not await shelves.end(tx, on_shelf.shelf_id, NOW)
        assert await shelves.shelved(tx, NOW) == []
        assert (await store_gather.gather(tx, Wanted(), NOW))[1].shelved == frozenset()


async def test_ending_the_shelf_of_a_device_ends_no_other_that_it_is_on(pool: Pool) -> None:
    here, others = shelf("panel/a", "HORST"), [("panel/a", "CARRE"), ("panel/a", None), (None, "HORST")]
    await put(pool, here, *(shelf(*other) for other in others))
    async with db.transaction(pool) as tx:
        assert await shelves.end(tx, here.shelf_id, NOW)
        assert {(kept.source, kept.building) for kept in await shelves.shelved(tx, NOW)} == {*others}


def shelf(source: str | None, building: str | None) -> Shelf:
    """One that holds for five minutes."""
    return Shelf(uuid4(), source, building, "test", "Ineke", NOW, UNTIL)


def device_in(device: str, building: str) -> IncidentReported:
    """A fire alarm of a device that has its name in more buildings than one."""
    return incident(device, building=building).model_copy(update={"incident_id": uuid4()})


async def put(pool: Pool, *on: Shelf) -> None:
    """On the shelf."""
    async with db.transaction(pool) as tx:
        await shelves.shelve(tx, on)


async def opens(pool: Pool, *batch: IncidentReported, now: datetime = NOW) -> set[str]:
    """The buildings of the alerts that there are after this batch."""
    decider = Decider(pool, Dispatcher({}, str, 1.0, 5.0), lambda: None, lambda _: None, 5.0)
    async with db.transaction(pool) as tx:
        await OnIncidents(facts_of(campus.load(CAMPUS)), Roster(), decider)(batch, tx, now)
        return {row["building"] for row in await tx.fetch("SELECT building FROM alerts")}
