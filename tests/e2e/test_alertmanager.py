"""Prometheus watches the installations of a building; its Alertmanager tells us."""

import asyncio
from pathlib import Path

import pytest

from shared.campus import Scope
from tests.e2e.alertmanager import Alertmanager, NotHere, programs
from tests.e2e.campus import Campus
from tests.e2e.given import KEYS
from tests.e2e.times import after, now


@pytest.mark.timeout(120)  # the package may have to be fetched first
async def test_an_alert_of_a_real_alertmanager_pages_the_right_people_and_its_end_restores(
    campus: Campus, tmp_path: Path
) -> None:
    try:
        found = await asyncio.to_thread(programs)
    except NotHere as error:
        pytest.skip(str(error))
    own, engineers = await campus.crew(), await campus.team("facility", 2)
    labels = {"building": campus.home, "severity": "critical", "kind": "power", "room": "cellar"}
    url = campus.product.url("intake", "/v1/alertmanager")
    async with Alertmanager(found, tmp_path, url, KEYS[Scope.ALERTMANAGER]) as alertmanager:
        fired_at = now()
        await alertmanager.fires("GeneratorDown", labels, "The generator does not start")
        await engineers.expect_page(step=1, when=after(fired_at, 2))
        page = engineers.lead.received[0].body
        assert (page["building"], page["severity"]) == (campus.home, "extreme")
        assert "The generator does not start" in page["text"]
        alert = (await campus.open_alerts())[0]
        await engineers.phones[0].answers("coming")
        await engineers.phones[1].expects("stand_down")
        await alert.expects(state="staffed", plan="power", restored_at=None)

        resolved_at = now()
        await alertmanager.fires("GeneratorDown", labels, "The generator does not start", ends_at=resolved_at)
        await engineers.expect("restored", when=after(resolved_at, 3))
    assert (await alert.look())["restored_at"] is not None
    assert len((await alert.look())["incident_ids"]) == 1
    own.expects_nothing_more()
