"""A request of very many reports keeps nobody else waiting, and its answer is short."""

import asyncio
from collections.abc import Iterator
from itertools import groupby
from uuid import uuid4

from services.intake.confidential import Veil
from services.intake.models import MOST_AT_ONCE, Incident
from services.intake.normalise_incident import incident
from services.intake.sending import Sending
from shared.campus import Scope
from shared.events import IncidentReported
from shared.publish import Publisher
from tests.integration.intake.desk import KEYS, NOBODY, Intake
from tests.unit.intake.reports import reception


async def test_everybody_else_has_a_turn_every_few_hundred_reports() -> None:
    turn, turns = 0, []

    async def others() -> None:
        nonlocal turn
        while True:
            await asyncio.sleep(0)
            turn += 1

    def reports() -> Iterator[IncidentReported]:
        for _ in range(MOST_AT_ONCE):
            turns.append(turn)
            yield incident(Incident.model_validate({"kind": "gas"}), reception())

    task = asyncio.create_task(others())
    await Sending(Publisher([NOBODY], "many"), None, Veil("a secret")).many(reports(), reception())
    task.cancel()
    assert max(len(list(same)) for _, same in groupby(turns)) <= 200


async def test_of_very_many_that_are_wrong_a_hundred_faults_are_told(intake: Intake) -> None:
    headers = {"content-type": "application/x-ndjson", "authorization": f"Bearer {KEYS[Scope.GENERAL]}"}
    answer = await intake.http.post("/intake/v1/incidents", content=b"{}\n" * 1_500, headers=headers)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["detail"] == "none of the 1,500 items is right; of 1,500 faults the first 100 are listed"
    assert [error["field"] for error in problem["errors"]] == [f"{number}.kind" for number in range(100)]


async def test_that_a_confidential_report_is_over_finds_it_and_neither_names_it(intake: Intake) -> None:
    name = str(uuid4())
    for body in ({}, {"clears": name}):
        sent = {"kind": "social_safety", "confidentiality": "open", "external_id": name, "text": "Somebody told me"}
        assert (await intake.post("/incidents", sent | body)).json()["status"] == "spooled"
    found = await intake.records(2)
    assert {topic for topic, _, _ in found} == {"incidents.chat"}
    (report,) = [event for _, _, event in found if event.clears is None]
    (over,) = [event for _, _, event in found if event.clears is not None]
    assert over.clears == report.dedup_key
    for event in (report, over):
        assert name not in event.model_dump_json()
        assert "Somebody" not in event.model_dump_json()
