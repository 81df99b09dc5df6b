"""People behave as their alert's character has it, and a seed plays the same again."""

from collections import Counter

from shared.words import Answer
from tests.proof.clients.characters import Character, Paged, character, lifetime_s, replies
from tests.proof.grounds import STEP_S

SEED = 7
ALERTS = [f"alert-{n}" for n in range(2_000)]
CREW = [f"member-{n}" for n in range(4)]


def of_character(wanted: Character) -> list[str]:
    """Alerts that have it."""
    return [alert for alert in ALERTS if character(SEED, alert) is wanted]


def test_every_character_occurs_and_half_of_the_alerts_find_enough_people_at_once() -> None:
    found = Counter(character(SEED, alert) for alert in ALERTS)
    assert set(found) == set(Character)
    assert 0.45 < found[Character.PROMPT] / len(ALERTS) < 0.55


def test_a_seed_gives_the_same_people_and_another_seed_others() -> None:
    paged = [Paged(alert, member, 1, 1) for alert in ALERTS[:50] for member in CREW]
    assert [replies(SEED, p) for p in paged] == [replies(SEED, p) for p in paged]
    assert [replies(SEED, p) for p in paged] != [replies(SEED + 1, p) for p in paged]


def test_nobody_answers_where_nobody_does_and_the_sleepers_wake_for_the_second_step() -> None:
    for alert in of_character(Character.NOBODY):
        assert not any(replies(SEED, Paged(alert, member, step, 1)) for member in CREW for step in (1, 2, 3))
    asleep = of_character(Character.ASLEEP)
    assert not any(replies(SEED, Paged(alert, member, 1, 1)) for alert in asleep for member in CREW)
    assert any(replies(SEED, Paged(alert, member, 2, 1)) for alert in asleep for member in CREW)


def test_some_of_the_wavering_cancel_after_they_said_to_come_and_stay_with_what_they_say_when_asked_again() -> None:
    alerts = of_character(Character.WAVERING)
    first = [replies(SEED, Paged(alert, member, 1, 1)) for alert in alerts for member in CREW]
    assert any([reply.answer for reply in said] == [Answer.COMING, Answer.NOT_COMING] for said in first)
    again = [replies(SEED, Paged(alert, member, 1, 2)) for alert in alerts for member in CREW]
    assert {len(said) for said in again} == {1}


def test_most_of_the_unwilling_say_so_long_before_the_deadline() -> None:
    said = [
        r for alert in of_character(Character.UNWILLING) for m in CREW for r in replies(SEED, Paged(alert, m, 1, 1))
    ]
    refusals = [reply for reply in said if reply.answer is Answer.NOT_COMING]
    assert len(refusals) > len(said) / 2
    assert max(reply.after_s for reply in refusals) < STEP_S / 2


def test_answers_of_one_person_come_in_the_order_in_which_they_are_given() -> None:
    for alert in ALERTS[:200]:
        for member in CREW:
            times = [reply.after_s for reply in replies(SEED, Paged(alert, member, 1, 1))]
            assert times == sorted(times)


def test_some_alerts_live_longer_than_all_their_steps_and_some_shorter() -> None:
    lives = [lifetime_s(SEED, alert) for alert in ALERTS]
    assert min(lives) < 3 * STEP_S < 4 * STEP_S < max(lives)
