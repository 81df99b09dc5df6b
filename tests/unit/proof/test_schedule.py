"""Schedules read back as they were written, and drawn ones hold what a run needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof.deck import FIRST_S, Shape, cards, hits, random_schedule
from tests.proof.schedule import NETWORK, Fault, Kind, Schedule, parse

POISONS = ("not_json", "null_header", "null_value")
ONE = Shape(
    services=("intake", "alerting-a", "alerting-b", "reporting"),
    brokers=("kafka-1",),
    roads=(
        "intake-kafka",
        "alerting-a-kafka",
        "alerting-b-kafka",
        "intake-postgres",
        "sender-intake",
        "person-alerting",
    ),
    poisons=POISONS,
)
THREE = Shape(
    ONE.services,
    ("kafka-1", "kafka-2", "kafka-3"),
    (*ONE.roads, "intake-kafka-2", "kafka-replication", "kafka-replication-3"),
    POISONS,
)
PLAIN = Shape(ONE.services, ONE.brokers, ONE.roads, POISONS, clocks=False, small_disk=False)
SEEDS = range(40)

numbers = st.floats(min_value=0, max_value=1e6, allow_nan=False)
words = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True).filter(lambda word: word not in {"by", "for"})
faults = st.builds(
    Fault,
    at=numbers,
    kind=st.sampled_from(Kind),
    target=st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True),
    manner=st.just("") | words,
    by=st.none() | st.floats(min_value=-1e6, max_value=1e6),
    seconds=numbers,
)
schedules = st.builds(
    lambda chosen, seed: Schedule(tuple(sorted(chosen, key=lambda fault: fault.at)), seed),
    st.lists(faults, max_size=8),
    st.none() | st.integers(min_value=0, max_value=2**64),
)


@given(schedules)
def test_what_is_printed_reads_back_the_same(schedule: Schedule) -> None:
    assert parse(str(schedule)) == schedule


def test_people_write_schedules_with_blanks_and_remarks_in_any_order() -> None:
    schedule = parse("""
        # the second first
        at 70 restart postgres immediate
        at 12.5  kill alerting-a   # the first
        at 60 clock alerting-b by -3600 for 20
    """)
    assert list(map(str, schedule.faults)) == [
        "at 12.5 kill alerting-a",
        "at 60 clock alerting-b by -3600 for 20",
        "at 70 restart postgres immediate",
    ]
    assert (schedule.seed, schedule.end) == (None, 80)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("at 5 explode intake", "line 2: no fault is called 'explode'"),
        ("at five kill intake", "line 2: 'at five kill intake' is neither"),
        ("at 5 kill", "line 2: 'at 5 kill' is neither"),
        ("at 5 freeze intake for ever", "line 2: 'at 5 freeze intake for ever' is neither"),
    ],
)
def test_a_line_that_says_nothing_is_named(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(f"at 1 kill intake\n{line}\n")


@pytest.mark.parametrize("shape", [ONE, THREE, PLAIN])
def test_in_an_hour_every_card_is_dealt(shape: Shape) -> None:
    dealt = {(fault.kind, fault.manner) for fault in random_schedule(1, 60, shape).faults}
    assert dealt == {(card.kind, card.manner) for card in cards(shape)}
    roads = {
        fault.target for seed in SEEDS for fault in random_schedule(seed, 60, shape).faults if fault.kind in NETWORK
    }
    assert roads == set(shape.roads)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_five_minutes_no_kind_comes_twice_before_every_kind_came_once(seed: int) -> None:
    kinds = [fault.kind for fault in random_schedule(seed, 5, ONE).faults]
    assert len(set(kinds)) == min(len(kinds), len(Kind)) >= 11


def test_the_same_seed_draws_the_same_schedule_and_another_seed_another() -> None:
    assert random_schedule(7, 20, ONE) == random_schedule(7, 20, ONE)
    assert random_schedule(7, 20, ONE) != random_schedule(8, 20, ONE)
    assert random_schedule(7, 20, ONE).seed == 7


@pytest.mark.parametrize("seed", SEEDS)
def test_faults_that_overlap_leave_a_replica_of_alerting_and_two_brokers_and_quiet_time_follows(seed: int) -> None:
    schedule = random_schedule(seed, 60, THREE)
    assert schedule.faults[0].at == FIRST_S
    assert schedule.end <= 3600
    overlapping = 0
    for earlier, later in zip(schedule.faults, schedule.faults[1:], strict=False):
        if later.at >= earlier.end + 8:
            continue
        overlapping += 1
        assert earlier.at < later.at < earlier.end
        both = hits(earlier) | hits(later)
        assert not both >= THREE.alertings
        assert not hits(earlier) & hits(later)
        assert len(both & set(THREE.brokers)) <= 1
    assert overlapping >= 5


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("at 0 kill alerting-a", {"alerting-a"}),
        ("at 0 refuse alerting-a-kafka for 3", {"alerting-a"}),
        ("at 0 refuse alerting-a-kafka-2 for 3", {"alerting-a"}),
        ("at 0 delay alerting-b-postgres by 1 for 3", {"alerting-b"}),
        ("at 0 freeze kafka-2 for 3", {"kafka-2"}),
        ("at 0 refuse kafka-replication-2 for 3", {"kafka-2"}),
        ("at 0 refuse kafka-replication for 3", {"kafka-1", "kafka-2", "kafka-3"}),
        ("at 0 poison alerts null_value", set()),
    ],
)
def test_a_fault_hits_the_part_that_can_no_longer_do_its_work(line: str, parts: set[str]) -> None:
    assert hits(parse(line).faults[0]) == parts


def test_never_do_three_faults_last_at_once() -> None:
    for seed in SEEDS:
        faults = random_schedule(seed, 60, THREE).faults
        assert all(min(a.end, b.end) <= c.at for a, b, c in zip(faults, faults[1:], faults[2:], strict=False))


def test_what_cannot_be_done_here_is_not_dealt() -> None:
    kinds = {fault.kind for fault in random_schedule(1, 60, PLAIN).faults}
    assert kinds == set(Kind) - {Kind.CLOCK, Kind.FILL}
    assert "empty" not in {fault.manner for fault in random_schedule(1, 60, ONE).faults}
