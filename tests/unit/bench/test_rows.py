"""The arithmetic of the benchmarks: what is met, what lies in the middle, what a share of a size is."""

import pytest

from tests.bench.effort import Effort
from tests.bench.rows import at_least, at_least_times, at_most, interleaved, quantile


@pytest.mark.parametrize(("value", "met"), [(7.9, True), (8.0, True), (8.1, False)])
def test_a_latency_is_met_up_to_its_limit(value: float, met: bool) -> None:
    row = at_most("post to page", value, "ms", 8, baseline=2)
    assert (row.met, row.ratio, row.target) == (met, value / 2, "<= 8 ms")


@pytest.mark.parametrize(("value", "met"), [(5_000, True), (4_999, False)])
def test_a_rate_is_met_from_its_limit_on(value: float, met: bool) -> None:
    row = at_least("backlog", value, "events/s", 5_000)
    assert (row.met, row.ratio, row.baseline) == (met, None, None)


@pytest.mark.parametrize(("value", "met"), [(800, True), (799, False)])
def test_a_ratio_is_met_whatever_the_machine_does(value: float, met: bool) -> None:
    row = at_least_times("intake", value, "events/s", 0.8, baseline=1_000)
    assert (row.met, row.target) == (met, ">= 0.8 x the baseline")


def test_a_quantile_is_one_of_the_values_and_never_beyond_the_last() -> None:
    values = list(range(100, 0, -1))
    assert [quantile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 51, 100, 100]


def test_one_bad_slice_changes_nobody_s_median() -> None:
    assert interleaved([(100, 90), (101, 91), (7, 6)]) == [100, 90]


def test_a_slice_that_lacks_a_contestant_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        interleaved([(1, 2), (1,)])


def test_only_the_sizes_of_the_targets_are_whole() -> None:
    assert (Effort().whole, Effort(0.5).whole) == (True, False)
    assert [Effort(0.01).of(size, least=5) for size in (100, 1_000)] == [5, 10]
    assert Effort(3.0).of(10) == 10
