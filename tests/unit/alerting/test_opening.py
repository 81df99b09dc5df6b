"""What opens an alert, under which plan, and who is frozen into it."""

from dataclasses import replace
from datetime import timedelta

from services.alerting.core.facts import Step
from services.alerting.core.fold import fold
from services.alerting.core.model import Decision
from services.alerting.core.reason import Reason
from services.alerting.core.scene import Scene
from shared import ids
from shared.words import AlertState, Confidentiality, Kind, MessageType, PageState, Severity, Urgency
from tests.unit.alerting.world import FIRE, NOW, ROSTER, incident, keys, named, opened, people, reasons, scene

IDLE = scene(busy=frozenset())


def outcome(at: Scene) -> tuple[Decision, ...]:
    """What a fire alarm does here."""
    return fold(at, [incident("x")], NOW)


def test_a_fire_alarm_pages_the_own_team_for_the_first_step() -> None:
    story = opened()
    assert story.told(MessageType.PAGE) == {"h1", "h2", "h3", "h4", "h5"}
    assert (story.alert.state, story.alert.step, story.alert.version) == (AlertState.PAGING, 1, 1)
    assert story.alert.due_at == NOW + timedelta(seconds=45)
    assert Reason.OPENED in reasons(story.last)


def test_ids_follow_from_incident_plan_member_and_step() -> None:
    story = opened()
    assert story.alert.alert_id == ids.alert_id(named("first"), "fire")
    assert story.page("h1").page_id == ids.page_id(story.alert.alert_id, "h1", 1)


def test_a_new_page_is_being_sent_under_its_first_key() -> None:
    story = opened()
    page = story.page("h1")
    assert (page.state, page.channel, page.round, page.version) == (PageState.SENDING, "tablet", 1, 1)
    assert keys(story.last, page) == ["page"]


def test_everybody_the_plan_can_page_is_frozen_and_nobody_else() -> None:
    roster = opened().alert.frozen.roster
    assert set(roster) == set(ROSTER) - {"intervention"}


def test_a_member_who_leaves_after_the_opening_is_still_paged_by_a_later_step() -> None:
    story = opened()
    story.roster = {**ROSTER, "bhv-carre": ()}
    story.wait(45)
    assert story.told(MessageType.PAGE) == {"c1", "c2", "c3", "c4"}


def test_a_member_of_two_teams_of_a_step_is_paged_once() -> None:
    both = {**ROSTER, "security": ROSTER["bhv-horst"]}
    story = opened(plan=replace(FIRE, steps=(Step(("bhv", "security"), 45),)), roster=both)
    assert len(story.alert.pages) == len(story.last.messages) == 5


def test_a_member_without_any_channel_is_on_record_as_failed_and_not_waited_for() -> None:
    mute = replace(ROSTER["bhv-horst"][4], channels=())
    story = opened(roster={**ROSTER, "bhv-horst": (*people("h", 2, leads=1), mute)})
    assert story.page("h5").state is PageState.FAILED
    assert "h5" not in story.told(MessageType.PAGE)
    assert {Reason.PAGE_FAILED, Reason.QUORUM_IMPOSSIBLE} <= reasons(story.last)
    story.reports(incident("second", zone="2"))
    assert "h5" not in story.told(MessageType.UPDATE)


def test_a_psychological_incident_pages_the_interventiegroep_and_never_bhv() -> None:
    (decision,) = fold(IDLE, [incident("x", Kind.PSYCHOLOGICAL)], NOW)
    assert {page.team for page in decision.alert.pages} == {"intervention"}


def test_an_incident_that_no_plan_holds_for_opens_nothing() -> None:
    assert fold(IDLE, [incident("x", Kind.THEFT), incident("y", severity=Severity.MINOR)], NOW) == ()


def test_an_incident_that_some_alert_knows_already_changes_nothing() -> None:
    assert outcome(replace(IDLE, known=frozenset({named("x")}))) == ()


def test_shelved_sources_devices_and_buildings_open_nothing() -> None:
    for shelved in (("panel", None), ("panel/x", None), (None, "HORST"), ("panel", "HORST"), ("panel/x", "HORST")):
        assert outcome(replace(IDLE, shelved=frozenset({shelved}))) == ()
    for other in (("panel/y", None), (None, "CARRE")):
        assert outcome(replace(IDLE, shelved=frozenset({other}))) != ()


def test_a_device_shelved_in_one_building_is_heard_in_every_other_and_outdoors() -> None:
    at = replace(IDLE, shelved=frozenset({("panel/x", "HORST"), ("panel/y", "CARRE"), ("panel/x", "RAVELIJN")}))
    for building in ("CARRE", None):
        assert [decision.alert.building for decision in fold(at, [incident("x", building=building)], NOW)] == [building]
    assert fold(at, [incident("y")], NOW) != ()


def test_an_unknown_building_has_no_team_and_goes_on_to_the_next_steps_at_once() -> None:
    story = opened(incident("x", building="NOWHERE", known=False))
    assert {page.team for page in story.alert.pages} == {"security", "crisis"}
    assert story.alert.building == "NOWHERE"
    assert {Reason.TEAM_EMPTY, Reason.NO_BUDDY_FREE} <= reasons(story.last)


def test_outdoors_the_plan_goes_on_to_the_teams_that_need_no_building() -> None:
    story = opened(incident("x", building=None))
    assert {page.team for page in story.alert.pages} == {"security", "crisis"}


def test_the_words_of_a_confidential_incident_stay_out_of_its_alert() -> None:
    story = opened(incident("x", title="Jan", text="Jan did it", confidentiality=Confidentiality.CONFIDENTIAL))
    told = [story.alert.title, story.alert.text, *(line.text for line in story.last.timeline)]
    assert not any("Jan" in words for words in told)
    assert story.alert.title == "Fire alarm"


def test_what_needs_no_action_any_more_neither_opens_nor_joins() -> None:
    over = incident("granted", dedup_key="d1").model_copy(update={"urgency": Urgency.PAST})
    assert fold(IDLE, [over], NOW) == ()
    story = opened()
    assert not story.reports(over, incident("after", clears="d1")).changed
    assert story.alert.joined == 1


def test_who_confides_what_is_past_is_somebodys_case_all_the_same() -> None:
    secret = incident("a report", confidentiality=Confidentiality.CONFIDENTIAL)
    assert opened(secret.model_copy(update={"urgency": Urgency.PAST})).alert.pages


def test_what_ends_an_alarm_ends_it_although_it_needs_no_action_itself() -> None:
    story = opened(incident("first", dedup_key="d1"))
    story.reports(incident("over", clears="d1").model_copy(update={"urgency": Urgency.PAST}))
    assert story.alert.restored_at == story.now
