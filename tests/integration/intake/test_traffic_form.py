"""The traffic form as a browser without script uses it."""

import re
from datetime import timedelta
from uuid import uuid4

from services.intake.settings import Settings
from shared import clock
from shared.words import Kind, Severity
from tests.integration.intake.desk import Intake, running

FORM = "/intake/forms/traffic"


async def filled_in(intake: Intake, **changes: str) -> dict[str, str]:
    """The fields of a fresh form, filled in with an accident of yesterday."""
    page = await intake.http.get(FORM)
    found = re.search(r'name="report_id" value="([^"]+)"', page.text)
    assert found
    day = f"{clock.now() - timedelta(days=1):%Y-%m-%d}"
    return {"report_id": found[1], "place": "Hallenweg", "date": day, "time": "14:05", "injured": "1", **changes}


async def test_an_accident_is_on_its_topic_when_the_number_is_shown(intake: Intake) -> None:
    answer = await intake.http.post(FORM, data=await filled_in(intake, parties="bicycle", building="HORST"))
    assert answer.status_code == 200
    ((topic, key, incident),) = await intake.records(1)
    assert (topic, key) == ("incidents.traffic", "HORST")
    assert (incident.kind, incident.severity) == (Kind.TRAFFIC_ACCIDENT, Severity.SEVERE)
    assert str(incident.incident_id)[:8].upper() in answer.text
    assert incident.details["parties"] == ["bicycle"]


async def test_pressing_send_twice_is_one_accident(intake: Intake) -> None:
    fields = await filled_in(intake)
    for _ in range(2):
        assert (await intake.http.post(FORM, data=fields)).status_code == 200
    assert len({incident.incident_id for incident in await intake.incidents(2)}) == 1


async def test_a_correction_sent_after_going_back_is_a_report_of_its_own(intake: Intake) -> None:
    fields = await filled_in(intake)
    answers = [await intake.http.post(FORM, data=fields | {"injured": injured}) for injured in ("1", "3")]
    first, second = await intake.incidents(2)
    assert first.incident_id != second.incident_id
    assert [first.details["injured"], second.details["injured"]] == [1, 3]
    for answer, incident in zip(answers, (first, second), strict=True):
        assert str(incident.incident_id)[:8].upper() in answer.text


async def test_a_browser_keeps_no_page_of_the_form(settings: Settings) -> None:
    few = settings.model_copy(update={"intake_form_per_minute": 1})
    async with running(few) as intake:
        fields = await filled_in(intake)
        pages = [await intake.http.get(FORM), await intake.http.post(FORM, data=fields | {"time": ""})]
        pages += [await intake.http.post(FORM, data=fields) for _ in range(10)]
        assert {page.status_code for page in pages} == {200, 422, 503}
        assert {page.headers.get("cache-control") for page in pages} == {"no-store"}


async def test_what_is_wrong_is_told_at_the_field_and_what_was_written_stays(intake: Intake) -> None:
    fields = await filled_in(intake, time="", text="<b>wet leaves</b>")
    answer = await intake.http.post(FORM, data=fields, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert 'id="time-error">Fill in the time' in answer.text
    assert "&lt;b&gt;wet leaves" in answer.text
    assert fields["report_id"] in answer.text
    await intake.nothing_more()


async def test_the_form_speaks_dutch_and_english(intake: Intake) -> None:
    for language, words in (("nl", "Verkeersongeval melden"), ("en", "Report a traffic accident")):
        page = await intake.http.get(FORM, params={"lang": language})
        assert words in page.text
        assert f'<html lang="{language}"' in page.text


async def test_while_kafka_is_away_the_form_comes_back_as_it_was_filled_in(settings: Settings) -> None:
    async with running(settings, kafka_away=True) as intake:
        answer = await intake.http.post(FORM, data=await filled_in(intake, text="wet leaves"))
        assert answer.status_code == 503
        assert "wet leaves" in answer.text
        assert answer.headers["retry-after"]


async def test_a_flood_of_reports_is_marked_and_then_asked_to_wait_but_none_is_lost(settings: Settings) -> None:
    few = settings.model_copy(update={"intake_form_per_minute": 1})
    async with running(few) as intake:
        forms = [await filled_in(intake) | {"report_id": str(uuid4())} for _ in range(11)]
        answers = [await intake.http.post(FORM, data=form) for form in forms]
        assert [answer.status_code for answer in answers] == [200] * 10 + [503]
        incidents = await intake.incidents(10)
        assert [bool(incident.details.get("burst")) for incident in incidents] == [False] + [True] * 9
        assert {incident.dedup_key for incident in incidents[1:]} == {"traffic-form:burst:severe"}
        assert incidents[0].dedup_key is None
        assert forms[-1]["place"] in answers[-1].text


async def test_a_form_sent_as_something_else_is_refused(intake: Intake) -> None:
    answer = await intake.http.post(FORM, json={})
    assert answer.status_code == 415
