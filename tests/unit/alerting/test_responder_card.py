"""What a responder's card says: where he stands, who else comes, what he must know before he goes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.alerting.core.model import Page
from services.alerting.facts import Facts
from services.alerting.respond.view import Card, Standing, card_of, scene_of
from shared.campus import Building, Campus, Team, Zone
from shared.campus.vocabulary import TeamKind
from shared.phrase import Phrase
from shared.words import Answer, Kind, Language
from tests.unit.alerting.world import ARRIVED, COMING, NOT_COMING, NOW, Story, incident, opened

EMPTY = Phrase("", "")
CAMPUS = Campus(
    name=Phrase("Campus", "Campus"),
    timezone="Europe/Amsterdam",
    emergency_number="112",
    language=Language.NL,
    buildings=(
        Building("HORST", EMPTY, (), EMPTY, zones=(Zone("3", Phrase("Noordvleugel", "North wing")),)),
    ),
    teams=(
        Team("bhv-horst", TeamKind.BHV, Phrase("BHV Horst", "Emergency response Horst"), "HORST"),
        Team("bhv-carre", TeamKind.BHV, Phrase("BHV Carré", "Emergency response Carré"), "CARRE"),
    ),
    plans=(),
)  # fmt: skip
FACTS = Facts(CAMPUS, (), {}, ZoneInfo("Europe/Amsterdam"))


def card(story: Story, member: str, language: Language = Language.EN, page: Page | None = None) -> Card:
    """The card of a member as his tablet shows it now."""
    return card_of(scene_of(story.alert), page or story.page(member), FACTS, language, story.now)


def test_one_who_is_called_hears_it_until_he_answers() -> None:
    story = opened()
    assert (card(story, "h1").standing, card(story, "h1").rings) == (Standing.CALLED, True)
    for answer in Answer:
        story.answers(answer, "h1", eta_s=300 if answer is COMING else None)
        assert (card(story, "h1").standing, card(story, "h1").rings) == (Standing(answer.value), False)
    assert card(story, "h2").rings


def test_the_card_counts_everybody_and_each_function() -> None:
    story = opened()
    story.answers(COMING, "h1", "h3")
    seen = card(story, "h2")
    assert (seen.total.coming, seen.total.needed, seen.total.enough) == (2, 3, False)
    assert [(count.key, count.coming, count.enough) for count in seen.functions] == [("lead", 1, True)]


def test_whoever_is_not_needed_any_more_is_told_so_before_anything_else() -> None:
    story = opened()
    story.answers(COMING, "h1", "h2", "h3")
    seen = card(story, "h5")
    assert (seen.standing, seen.done, seen.rings) == (Standing.STOOD_DOWN, True, False)
    assert card(story, "h1").standing is Standing.COMING


def test_one_stood_down_who_is_needed_after_all_is_called_again() -> None:
    story = opened()
    story.answers(COMING, "h1", "h2", "h3")
    story.answers(NOT_COMING, "h3")
    assert (card(story, "h5").standing, card(story, "h5").rings) == (Standing.AGAIN, True)


def test_an_eta_that_passed_asks_whether_he_is_there() -> None:
    story = opened()
    story.answers(COMING, "h1", eta_s=20)
    story.wait(30)
    seen = card(story, "h1")
    assert (seen.standing, seen.may_answer) == (Standing.LATE, True)


def test_a_restored_or_closed_alarm_takes_no_answers() -> None:
    story = opened(incident("first", dedup_key="panel:1"))
    story.reports(incident("over", clears="panel:1"))
    assert (card(story, "h1").standing, card(story, "h1").may_answer) == (Standing.RESTORED, False)
    story.closes()
    assert (card(story, "h1").standing, card(story, "h1").may_answer) == (Standing.OVER, False)


def test_an_operators_stand_down_shows_to_everyone_with_its_time() -> None:
    story = opened()
    story.answers(COMING, "h1")
    story.stands_down()
    seen = card(story, "h1")
    assert seen.standing is Standing.STOOD_DOWN
    assert seen.over_at == story.now


def test_the_teams_called_now_and_the_next_step_are_named_in_the_readers_language() -> None:
    story = opened()
    assert card(story, "h1").now_called == ("Emergency response Horst",)
    assert card(story, "h1").next_step_at == NOW + timedelta(seconds=45)
    story.wait(45)
    seen = card(story, "h1", Language.NL)
    assert (seen.step, seen.steps, seen.now_called) == (2, 4, ("BHV Carré",))


def test_after_the_last_step_no_next_step_is_promised() -> None:
    story = opened()
    for _ in range(4):
        story.wait(120)
    assert (card(story, "h1").state, card(story, "h1").next_step_at) == ("exhausted", None)


def test_where_is_told_with_the_words_of_the_zone_and_the_hazards_of_the_room() -> None:
    story = opened(incident("first", zone="3", room="H-205", title="Detector 12", text="Detector 12"))
    seen = card(story, "h1", Language.NL)
    assert (seen.building, seen.told) == ("De Horst", ("Detector 12",))
    assert [(spot.zone, spot.room, spot.words) for spot in seen.spots] == [("3", "H-205", "Noordvleugel")]
    assert (seen.hazards, seen.meeting_point) == (("H-205: acetyleen",), "Parkeerplaats P2")


def test_words_that_are_our_own_are_read_in_the_readers_language_and_said_once() -> None:
    by_door = opened(incident("first", kind=Kind.SPRINKLER_FLOW, title="Sprinkler in werking, pomp 2", text="Nat"))
    assert card(by_door, "h1").told == ("Sprinkler flow, pomp 2", "Nat")
    assert card(by_door, "h1", Language.NL).told == ("Sprinkler in werking, pomp 2", "Nat")
    assert card(opened(incident("first", title="Brandmelding")), "h1").told == ()
    twice = opened(incident("first", title="Brandmelding, hal", text="Brandmelding, hal"))
    assert card(twice, "h1").told == ("Fire alarm, hal",)


def test_times_are_those_of_the_campus_and_an_alarm_of_yesterday_says_its_day() -> None:
    story = opened()
    assert card(story, "h1").since.hour == 11  # 10:00 UTC in winter
    assert card(story, "h1").today
    late = card_of(
        scene_of(story.alert), story.page("h1"), FACTS, Language.EN, datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    )
    assert not late.today  # half past midnight on the campus


def test_the_tablet_chimes_for_what_others_did_and_not_for_his_own_answer() -> None:
    story = opened(incident("first", zone="1"))
    before = card(story, "h1").news
    story.answers(ARRIVED, "h1")
    assert card(story, "h1").news == before
    story.reports(incident("second", zone="2"))
    updated = card(story, "h1").news
    assert updated != before
    story.closes()
    assert card(story, "h1").news != updated


def test_a_page_asks_for_its_receipt_until_it_has_one() -> None:
    story = opened()
    page = story.page("h1")
    assert card(story, "h1", page=page).unseen
    assert not card(story, "h1", page=replace(page, delivered_at=NOW)).unseen


def test_a_drill_is_marked() -> None:
    assert card(opened(incident("first", drill=True)), "h1").drill
    assert not card(opened(), "h1").drill
