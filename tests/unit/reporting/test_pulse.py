"""When the views count as live, and how far they may be behind."""

import math

import pytest

from services.reporting.pulse import FRESH_S, Pulse
from shared import clock


@pytest.fixture
def pulse() -> Pulse:
    """Kafka answered just now, the database too, nothing is under way."""
    pulse = Pulse(lambda: 0.0)
    pulse.looked()
    return pulse


def test_it_beats_when_kafka_answers_and_the_database_is_seen(pulse: Pulse) -> None:
    assert pulse.beats
    assert pulse.lag_s() == 0


def test_before_anything_is_known_it_does_not_beat() -> None:
    assert not Pulse(lambda: 0.0).beats


@pytest.mark.parametrize("silent_s", [FRESH_S, math.inf])
def test_a_silent_kafka_stops_it_and_the_lag_grows(pulse: Pulse, silent_s: float) -> None:
    pulse.silent_s = lambda: silent_s
    assert not pulse.beats
    assert pulse.lag_s() == silent_s


def test_a_batch_that_is_not_folded_stops_it_and_the_lag_grows(pulse: Pulse) -> None:
    pulse.progress.began.append(clock.monotonic() - 60)
    pulse.progress.began.append(clock.monotonic())
    assert not pulse.beats
    assert 60 <= pulse.lag_s() < 61


def test_a_database_that_is_away_stops_it(pulse: Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.monotonic() + FRESH_S
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    assert not pulse.beats


def test_an_old_event_that_came_late_is_told_for_a_moment_and_stops_nothing(
    pulse: Pulse, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse.folded(3_600)
    assert pulse.beats
    assert pulse.lag_s() == 3_600
    later = clock.monotonic() + FRESH_S
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    assert pulse.lag_s() == 0
