"""Where a value lies on a logarithmic axis."""

import pytest

from tests.bench.drawing import axis


def test_every_decade_takes_the_same_room() -> None:
    sizes = axis([1_000, 1_000_000], 0, 300)
    assert [sizes.at(10**n) for n in (3, 4, 5, 6)] == pytest.approx([0, 100, 200, 300])
    assert sizes.ticks == [3, 4, 5, 6]


def test_values_of_one_decade_still_make_an_axis() -> None:
    assert axis([1.0], 0, 100).ticks == [0, 1]


def test_an_axis_may_run_from_the_bottom_to_the_top() -> None:
    seconds = axis([0.05, 50], 400, 40)
    assert seconds.at(0.05) > seconds.at(5)
    assert (seconds.at(0.01), seconds.at(100)) == pytest.approx((400, 40))
