"""So many a minute, for everybody together."""

from services.intake.limit import Limit


def test_a_minutes_worth_may_come_at_once_and_then_one_after_the_other() -> None:
    limit = Limit(per_minute=3)
    assert [limit.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert not limit.take(119.9)
    assert limit.take(120.1)
    assert not limit.take(120.2)


def test_a_quiet_hour_saves_up_no_more_than_a_minutes_worth() -> None:
    limit = Limit(per_minute=2)
    limit.take(0.0)
    assert [limit.take(3600.0) for _ in range(3)] == [True, True, False]
