"""What sources report is on Kafka before they are told so."""

from shared.campus import Scope
from shared.words import Kind, Severity
from tests.integration.intake.desk import Intake

ALARM = {"device": "detector 12", "building": "horst", "event": "alarm", "external_id": "panel-1:77", "zone": "3"}


async def test_a_fire_alarm_is_on_its_topic_under_its_building_when_it_is_acknowledged(intake: Intake) -> None:
    answer = await intake.post("/fire-alarms", ALARM, Scope.FIRE)
    assert answer.status_code == 202
    ((topic, key, incident),) = await intake.records(1)
    assert (topic, key) == ("incidents.fire", "HORST")
    assert answer.json() == {"incident_id": str(incident.incident_id), "status": "published"}
    assert (incident.kind, incident.severity, incident.location.zone) == (Kind.FIRE_ALARM, Severity.SEVERE, "3")


async def test_a_repeat_is_the_same_incident(intake: Intake) -> None:
    first, second = [(await intake.post("/fire-alarms", ALARM, Scope.FIRE)).json() for _ in range(2)]
    assert first == second
    assert len({incident.incident_id for incident in await intake.incidents(2)}) == 1
