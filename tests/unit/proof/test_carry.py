"""The rate of a fault run follows from what the machine carries without faults."""

import pytest

from tests.proof.carry import CARRIED_S, RATES, carried
from tests.proof.spread import Spread


class Machine:
    """Pages in time up to a rate, and far too late above it."""

    def __init__(self, most: float) -> None:
        self._most = most
        self.asked: list[float] = []

    async def first_pages(self, rate: float) -> Spread:
        self.asked.append(rate)
        return spread(CARRIED_S if rate <= self._most else 5.0)


def spread(p99: float) -> Spread:
    return Spread(20, p99 / 2, p99, p99)


@pytest.mark.parametrize("most", RATES)
async def test_a_machine_is_given_the_most_that_it_carries(most: float) -> None:
    machine = Machine(most)

    load = await carried(machine.first_pages)

    assert (load.rate, load.wished, load.fits, load.first_page) == (most, RATES[-1], True, spread(CARRIED_S))
    assert load.played == (most if most == RATES[-1] else most / 2)
    assert len(machine.asked) == len(set(machine.asked)) <= 4


async def test_a_fast_machine_is_asked_once() -> None:
    machine = Machine(1000)

    assert (await carried(machine.first_pages)).rate == RATES[-1]
    assert machine.asked == [RATES[-1]]


async def test_a_machine_that_carries_nothing_is_given_the_least_and_the_truth() -> None:
    load = await carried(Machine(0).first_pages)

    assert (load.rate, load.fits, load.first_page) == (RATES[0], False, spread(5.0))


async def test_a_load_of_which_nobody_was_paged_is_not_carried() -> None:
    async def nobody(_: float) -> Spread:
        return Spread.of([])

    assert not (await carried(nobody)).fits
