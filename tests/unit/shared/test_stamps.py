"""Which time records carry: Kafka's as it was last told, ours until then."""

import pytest

from shared.errors import Refused
from shared.stamps import FURTHEST_S, Answer, Stamps

HOUR = 3600.0
NOON = 1_800_000_000.0


class Clocks:
    """Two clocks of ours that a test moves; the monotonic one never jumps."""

    def __init__(self) -> None:
        self.wall_s = NOON
        self.monotonic_s = 50.0
        self.stamps = Stamps(lambda: self.wall_s, lambda: self.monotonic_s)

    def go_on(self, seconds: float) -> None:
        self.wall_s += seconds
        self.monotonic_s += seconds

    def hear(self, *brokers: float) -> None:
        """Brokers whose clocks are so far ahead of noon answer a question that was 0.2 s on its way."""
        asked = self.monotonic_s
        self.go_on(0.2)
        self.stamps.learn([Answer(asked, self.monotonic_s, NOON + ahead) for ahead in brokers])

    @property
    def stamp_s(self) -> float:
        """What a record would carry, in seconds after noon."""
        return self.stamps.now_ms() / 1000 - NOON


def about(seconds: float) -> object:
    return pytest.approx(seconds, abs=0.002)


def test_until_kafka_told_its_time_records_carry_ours() -> None:
    clocks = Clocks()
    clocks.go_on(7)
    assert clocks.stamp_s == about(7)
    assert clocks.stamps.shift_s == 0


@pytest.mark.parametrize("ahead", [60, -60, 2 * HOUR, -2 * HOUR])
def test_records_carry_kafkas_time_as_it_was_half_way(ahead: float) -> None:
    clocks = Clocks()
    clocks.hear(ahead)
    assert clocks.stamp_s == about(ahead + 0.1)
    assert clocks.stamps.shift_s == about(ahead - 0.1)
    clocks.go_on(5)
    assert clocks.stamp_s == about(ahead + 5.1)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_jump_of_our_own_clock_changes_nothing(jump: float) -> None:
    clocks = Clocks()
    clocks.hear(0)
    clocks.wall_s += jump
    assert clocks.stamp_s == about(0.1)
    assert clocks.stamps.shift_s == about(-0.1 - jump)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_jump_of_kafkas_clock_is_followed_at_the_next_answer(jump: float) -> None:
    clocks = Clocks()
    clocks.hear(0)
    clocks.hear(jump)
    assert clocks.stamp_s == about(jump + 0.1)


def test_of_several_brokers_the_clock_furthest_ahead_counts_for_all_take_its_time() -> None:
    clocks = Clocks()
    clocks.hear(3, 12, -8)
    assert clocks.stamp_s == about(12.1)


def test_without_an_answer_time_goes_ahead_twice_as_far_each_time() -> None:
    clocks = Clocks()
    seen = []
    for _ in range(5):
        clocks.stamps.go_ahead()
        seen.append(clocks.stamp_s)
    assert seen == [about(s) for s in (5, 15, 35, 75, 155)]


def test_an_answer_ends_going_ahead_and_the_steps_begin_anew() -> None:
    clocks = Clocks()
    for _ in range(9):
        clocks.stamps.go_ahead()
    clocks.hear(60)
    assert clocks.stamp_s == about(60.1)
    clocks.stamps.go_ahead()
    assert clocks.stamp_s == about(65.1)


def test_a_clock_that_was_never_set_is_overcome_in_forty_steps() -> None:
    clocks = Clocks()
    clocks.wall_s = 0.0
    for _ in range(40):
        if clocks.stamp_s >= 0:
            break
        clocks.stamps.go_ahead()
    assert 0 <= clocks.stamp_s < NOON


def test_going_ahead_ends_after_a_hundred_years_and_starts_over() -> None:
    clocks = Clocks()
    while clocks.stamp_s < FURTHEST_S:
        clocks.stamps.go_ahead()
    with pytest.raises(Refused):
        clocks.stamps.go_ahead()
    assert clocks.stamp_s == about(0)
    clocks.stamps.go_ahead()
    assert clocks.stamp_s == about(5)


def test_every_change_of_what_we_know_has_a_number() -> None:
    clocks = Clocks()
    versions = [clocks.stamps.version]
    clocks.hear(0)
    versions.append(clocks.stamps.version)
    clocks.stamps.go_ahead()
    versions.append(clocks.stamps.version)
    assert len(set(versions)) == 3
