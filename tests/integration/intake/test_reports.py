"""What sources report is on Kafka, whole and in order, before they are told so."""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.embedded.kafka import Kafka
from services.intake.settings import Settings
from shared import topics
from shared.campus import Scope
from shared.words import Kind, Severity
from tests.integration.intake.desk import KEYS, Intake, running

ALARM = {"device": "detector 12", "building": "horst", "event": "alarm", "external_id": "panel-1:77", "zone": "3"}
ACCIDENT = {"place": {"text": "Hallenweg"}, "occurred_at": "2026-03-02T14:03:09+01:00"}


async def test_a_fire_alarm_is_on_its_topic_under_its_building_when_it_is_acknowledged(intake: Intake) -> None:
    answer = await intake.post("/fire-alarms", ALARM, Scope.FIRE)
    assert answer.status_code == 202
    ((topic, key, incident),) = await intake.records(1)
    assert (topic, key) == ("incidents.fire", "HORST")
    assert answer.json() == {"incident_id": str(incident.incident_id), "status": "published"}
    assert (incident.kind, incident.severity, incident.location.zone) == (Kind.FIRE_ALARM, Severity.SEVERE, "3")


@pytest.mark.parametrize(
    ("path", "scope", "body", "topic", "key"),
    [
        ("/access-events", Scope.ACCESS, {"door": "d", "building": "CARRE", "event": "forced"}, "access", "CARRE"),
        ("/traffic-accidents", Scope.TRAFFIC, ACCIDENT, "traffic", "-"),
        ("/incidents", Scope.GENERAL, {"kind": "gas", "location": {"building": "Nowhere"}}, "general", "Nowhere"),
        ("/incidents", Scope.GENERAL, {"kind": "fire.alarm"}, "fire", "-"),
        ("/alertmanager", Scope.ALERTMANAGER, {"alerts": [{"status": "firing"}]}, "general", "-"),
    ],
)
async def test_each_report_goes_to_the_topic_of_its_kind_under_its_building(
    intake: Intake, path: str, scope: Scope, body: object, topic: str, key: str
) -> None:
    assert (await intake.post(path, body, scope)).status_code == 202
    assert [record[:2] for record in await intake.records(1)] == [(f"incidents.{topic}", key)]


async def test_the_items_of_ndjson_keep_their_order_within_a_building(intake: Intake) -> None:
    """Nearly 1 MiB, which is more than one batch a partition."""
    lines = [
        {"kind": "gas", "location": {"building": building}, "text": str(number), "details": {"pad": "x" * 3000}}
        for number in range(100)
        for building in ("HORST", "CARRE", "VRIJHOF")
    ]
    body = "\n".join(map(json.dumps, lines))
    headers = {"content-type": "application/x-ndjson", "authorization": f"Bearer {KEYS[Scope.GENERAL]}"}
    answer = await intake.http.post("/intake/v1/incidents", content=body, headers=headers)
    assert answer.status_code == 202
    found = await intake.records(300)
    for building in ("HORST", "CARRE", "VRIJHOF"):
        assert [int(i.text) for _, key, i in found if key == building] == list(range(100))
    published = {item["incident_id"] for item in answer.json()}
    assert published == {str(incident.incident_id) for _, _, incident in found}


async def test_a_report_that_postgresql_could_not_hold_is_made_so_that_it_can(intake: Intake) -> None:
    body = {"kind": "gas", "text": "a\0b", "details": {"n": "\0", "\0": 1}}
    assert (await intake.post("/incidents", body)).status_code == 202
    (incident,) = await intake.incidents(1)
    assert "\\u0000" not in incident.model_dump_json()
    assert incident.text == "a\ufffdb"


async def test_what_came_of_each_report_is_counted_by_source(intake: Intake) -> None:
    await intake.post("/fire-alarms", ALARM, Scope.FIRE)
    await intake.post("/fire-alarms", {**ALARM, "event": "smoke"}, Scope.FIRE)
    await intake.post("/incidents", {"kind": "social_safety", "text": "Somebody told me"})
    metrics = (await intake.http.get("/intake/metrics")).text
    for source, kind, outcome in (
        ("test-fire", "fire.alarm", "published"),
        ("test-fire", "unknown", "invalid"),
        ("test-general", "social_safety", "spooled"),
    ):
        assert f'meldkamer_incidents_total{{kind="{kind}",outcome="{outcome}",source="{source}"}}' in metrics
    assert 'meldkamer_incidents_total{kind="social_safety",outcome="published"' not in metrics
    assert 'meldkamer_source_last_seen_timestamp_seconds{source="test-fire"}' in metrics


async def test_openapi_shows_every_endpoint_with_its_words_body_and_answers(intake: Intake) -> None:
    document = (await intake.http.get("/intake/openapi.json")).json()
    paths = {path: item["post"] for path, item in document["paths"].items()}
    assert {path.rsplit("/", 1)[1] for path in paths} == {
        "incidents", "fire-alarms", "access-events", "traffic-accidents", "alertmanager"
    }  # fmt: skip
    for path, operation in paths.items():
        assert operation["summary"], path
        assert operation["description"], path
        assert operation["requestBody"]["content"]["application/json"]["schema"]["properties"], path
        assert {"202", "400", "401", "403", "413", "422", "503"} <= set(operation["responses"]), path
        assert operation["security"] == [{"source_key": []}], path
    assert document["components"]["securitySchemes"]["source_key"]["scheme"] == "bearer"
    assert "$defs" not in json.dumps(document)
    assert (await intake.http.get("/intake/docs")).status_code == 200


@pytest.mark.timeout(60)
async def test_a_broker_that_dies_means_refused_within_2_s_and_taken_again_when_it_is_back(
    settings: Settings, tmp_path: Path
) -> None:
    async with Kafka(tmp_path) as broker:
        await topics.create(broker.bootstrap_servers, partitions=1)
        own = settings.model_copy(update={"kafka_bootstrap_servers": ",".join(broker.bootstrap_servers)})
        async with running(own) as intake:
            assert (await intake.post("/fire-alarms", ALARM, Scope.FIRE)).status_code == 202
            await broker.kill()
            async with asyncio.timeout(2.5):
                refused = await intake.post("/fire-alarms", {**ALARM, "external_id": "2"}, Scope.FIRE)
            assert refused.status_code == 503
            assert (await intake.http.get("/intake/livez")).status_code == 200
            await broker.start()
            await broker.ready()
            name = str(uuid4())
            for _ in range(60):
                answer = await intake.post("/fire-alarms", {**ALARM, "external_id": name}, Scope.FIRE)
                if answer.status_code == 202:
                    break
                await asyncio.sleep(0.2)
            assert answer.status_code == 202
