"""How long the supervisor waits before it starts a dead part again."""

from deploy.embedded.supervise import LONGEST_DELAY_S, delay, ending


def test_a_part_that_lived_is_started_again_at_once() -> None:
    assert delay(0) == 0


def test_quick_deaths_wait_ever_longer_up_to_a_bound() -> None:
    waits = [delay(deaths) for deaths in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] <= 0.5
    assert waits[-1] == LONGEST_DELAY_S


def test_a_part_that_dies_again_and_again_serves_within_five_seconds_once_it_can() -> None:
    start_s = 3
    assert delay(100) + start_s <= 5


def test_an_ending_is_told_in_words() -> None:
    assert ending(-9) == "was ended by signal 9"
    assert ending(3) == "ended with code 3"
