"""So many a minute, for everybody together or for each address."""

import pytest

from shared.limit import Limit, Limits


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


def test_what_is_given_back_may_be_taken_again_but_is_no_more_than_there_was() -> None:
    limit = Limit(per_minute=1)
    limit.give_back()
    assert [limit.take(0.0) for _ in range(2)] == [True, False]
    limit.give_back()
    assert [limit.take(0.0) for _ in range(2)] == [True, False]


def test_each_address_has_a_limit_of_its_own() -> None:
    limits = Limits(per_minute=1)
    assert [limits.of(address, 0.0).take(0.0) for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1")] == [
        True, True, False
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "testclient", False),
    ],
)
def test_who_can_choose_among_addresses_has_one_limit(one: str, other: str, same: bool) -> None:
    limits = Limits(per_minute=1)
    assert (limits.of(one, 0.0) is limits.of(other, 0.0)) == same


def test_addresses_that_are_quiet_are_forgotten() -> None:
    limits = Limits(per_minute=1)
    for number in range(100):
        limits.of(f"192.0.2.{number}", number).take(number)
    assert limits.of("192.0.2.99", 99.5).take(99.5) is False
    assert len(limits) == 60
    limits.of("192.0.2.200", 1000.0).take(1000.0)
    assert len(limits) == 1


def test_of_very_many_addresses_those_seen_last_are_kept() -> None:
    limits = Limits(per_minute=1, most=3)
    assert [limits.of(f"192.0.2.{number}", 0.0).take(0.0) for number in range(4)] == [True] * 4
    assert len(limits) == 3
    assert [limits.of(f"192.0.2.{number}", 0.0).take(0.0) for number in (3, 0)] == [False, True]
