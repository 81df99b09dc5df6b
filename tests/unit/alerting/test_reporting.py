"""How alerts and pages leave the core: events, page bodies, and what is frozen."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import cast

import pytest

from services.alerting.channels import console
from services.alerting.core.facts import Channel, Window
from services.alerting.core.frozen import freeze, thaw
from services.alerting.core.model import MOST_IDS, Message
from services.alerting.core.report import alert_updated, page_updated, webhook_body
from services.alerting.dispatch import Hold, outbound
from shared import ids
from shared.events import AlertUpdated, IncidentReported, PageUpdated
from shared.words import Confidentiality, Language, MessageType
from tests.unit.alerting.world import COMING, FIRE, LEAD, NOW, ROSTER, Story, incident, member, named, opened

DUTCH = {**ROSTER, "bhv-horst": (member("h1", LEAD, language=Language.NL), *ROSTER["bhv-horst"][1:])}


def body(story: Story, member_id: str, type_: MessageType = MessageType.PAGE) -> dict[str, object]:
    """What a member's channel is given."""
    page = story.page(member_id)
    return webhook_body(story.alert, page, Message(page.page_id, type_, 1), NOW, "https://campus.example/a")


def test_an_updated_alert_carries_its_counts_and_the_new_lines_alone() -> None:
    story = opened(incident("first", title="Detector 12"))
    story.answers(COMING, "h1")
    event = alert_updated(story.last)
    assert (event.version, event.plan, event.title, event.step) == (2, "fire", "Detector 12", 1)
    assert (event.needed, event.coming) == ({"total": 3, "lead": 1}, {"total": 1, "lead": 1})
    assert (event.next_step_at, event.incident_ids) == (NOW + timedelta(seconds=45), (named("first"),))
    assert [(line.seq, line.reason) for line in event.timeline] == [(3, "answered")]
    assert AlertUpdated.model_validate_json(event.model_dump_json()) == event


def test_an_alert_of_a_detector_that_chatters_for_weeks_still_fits_into_a_record() -> None:
    story = opened(*(incident(str(n)) for n in range(MOST_IDS + 400)))
    event = alert_updated(story.last)
    assert event.incident_ids == tuple(named(str(n)) for n in range(400, MOST_IDS + 400))
    assert len(event.model_dump_json()) < 50_000


def test_an_updated_page_carries_no_address() -> None:
    story = opened()
    event = page_updated(story.alert, story.page("h1"), NOW)
    assert (event.member_id, event.team, event.building, event.functions) == ("h1", "bhv-horst", "HORST", ("lead",))
    assert PageUpdated.model_validate_json(event.model_dump_json()) == event
    assert "sms" not in event.model_dump_json()


def test_a_page_says_what_where_hazards_and_meeting_point_in_english() -> None:
    story = opened(incident("first", zone="3", room="H-205", text="Smoke seen"))
    said = body(story, "h1")
    assert said["title"] == "Fire alarm, The Horst"
    assert said["text"] == (
        "Are you coming? Smoke seen. The Horst, zone 3, room H-205. "
        "Hazards: H-205: acetylene. Meeting point: Car park P2."
    )
    assert (said["hazards"], said["meeting_point"]) == (["H-205: acetylene"], "Car park P2")
    assert (said["language"], said["building"], said["severity"]) == ("en", "HORST", "severe")
    assert json.loads(json.dumps(said)) == said


def test_a_page_says_the_same_in_dutch() -> None:
    said = body(opened(incident("first", zone="3", room="H-205"), roster=DUTCH), "h1")
    assert said["title"] == "Brandmelding, De Horst"
    assert "alarm" not in str(said["text"])
    assert "De Horst, zone 3, ruimte H-205. Gevaren: H-205: acetyleen. Verzamelpunt: Parkeerplaats P2." in str(
        said["text"]
    )


def test_a_title_in_the_language_of_the_campus_is_said_in_that_of_the_member() -> None:
    story = opened(incident("first", title="Brandmelding, melder 12"), roster=DUTCH)
    assert str(body(story, "h2")["text"]).startswith("Are you coming? Fire alarm, melder 12. The Horst.")
    assert str(body(story, "h1")["text"]).startswith("Kom je? Brandmelding, melder 12. De Horst.")
    twice = opened(incident("first", title="Brandmelding, melder 12", text="Brandmelding, melder 12"))
    assert body(twice, "h2")["text"] == body(story, "h2")["text"]


def test_every_type_of_message_says_what_to_do() -> None:
    story = opened(roster=DUTCH)
    dutch = [body(story, "h1", type_)["title"] for type_ in MessageType]
    english = [body(story, "h2", type_)["title"] for type_ in MessageType]
    assert [str(title).split(":")[0] for title in dutch[1:]] == ["Wijziging", "Niet meer nodig", "Hersteld"]
    assert [str(title).split(":")[0] for title in english[1:]] == ["Update", "Stand down", "Restored"]
    assert "You need not come" in str(body(story, "h2", MessageType.STAND_DOWN)["text"])


def test_a_drill_says_so_first() -> None:
    story = opened(incident("first", drill=True), roster=DUTCH)
    assert str(body(story, "h1")["title"]).startswith("OEFENING: ")
    assert str(body(story, "h2", MessageType.UPDATE)["title"]).startswith("DRILL: Update: ")
    assert body(story, "h2")["drill"] is True


def test_without_a_known_room_all_hazards_of_the_building_are_told() -> None:
    hazards = body(opened(incident("first", zone="3")), "h1")["hazards"]
    assert hazards == ["H-205: acetylene", "H-300: class 4 laser", "H-300: liquid nitrogen"]
    assert body(opened(incident("first", room="H-100")), "h1")["hazards"] == hazards


def test_the_hazards_of_a_room_are_found_however_it_is_spelled() -> None:
    hazards = body(opened(incident("first", room=" h-300 ")), "h1")["hazards"]
    assert hazards == ["H-300: class 4 laser", "H-300: liquid nitrogen"]


@pytest.mark.parametrize("vague", [incident("b", zone="3"), incident("b", room="H-100"), incident("b")])
@pytest.mark.parametrize("first", [True, False])
def test_all_hazards_are_told_while_one_incident_may_be_anywhere(vague: IncidentReported, first: bool) -> None:
    exact = incident("a", zone="3", room="H-205")
    story = opened(*([vague, exact] if first else [exact, vague]))
    assert len(cast(list[str], body(story, "h1")["hazards"])) == 3
    assert "; ." not in str(body(story, "h1")["text"])


def test_many_places_are_told_by_number() -> None:
    story = opened(*(incident(f"i{n}", zone=str(n)) for n in range(9)))
    assert "zone 4 and 4 more places" in str(body(story, "h1")["text"])


def test_without_a_building_a_page_still_says_what() -> None:
    story = opened(incident("x", building=None))
    assert (body(story, "s1")["title"], body(story, "s1")["meeting_point"]) == ("Fire alarm", "")


def test_a_member_is_reached_on_the_channels_of_when_the_alert_opened() -> None:
    story = opened()
    message = next(m for m in story.last.messages if m.page_id == story.page("h1").page_id)
    (ready,) = outbound(story.alert, [Hold(message, message.page_id, 0, NOW)])
    assert ready.channels == (Channel("tablet", "h1"), Channel("sms", "0"))


def test_what_is_frozen_survives_the_way_to_json_and_back() -> None:
    hours = (Window(frozenset({0, 4}), time(8, 30), time(18)),)
    for story in (opened(plan=replace(FIRE, hours=hours)), opened(incident("x", building=None))):
        stored = json.loads(json.dumps(freeze(story.alert.frozen)))
        assert thaw(stored) == story.alert.frozen


def test_ids_follow_from_names_and_keep_them_apart() -> None:
    assert ids.incident_id("panel", "1") == ids.incident_id("panel", "1")
    assert ids.incident_id("panel 1", "1") != ids.incident_id("panel", "1 1")
    alert_id = ids.alert_id(named("a"), "fire")
    assert len({alert_id, ids.alert_id(named("b"), "fire"), ids.alert_id(named("a"), "gas")}) == 3
    pages = {ids.page_id(alert_id, name, step) for name in ("h1", "h11") for step in (1, 11)}
    assert len(pages) == 4


def test_the_console_says_what_happened_but_nothing_of_what_is_confidential() -> None:
    assert console.render(body(opened(), "h1")).endswith("for h1: Fire alarm, The Horst")
    secret = opened(incident("x", confidentiality=Confidentiality.CONFIDENTIAL))
    assert console.render(body(secret, "h1")).endswith("for h1: confidential")


def test_the_hour_of_a_page_is_told_with_its_offset() -> None:
    assert body(opened(), "h1")["sent_at"] == datetime(2026, 3, 2, 10, tzinfo=UTC).isoformat()
