"""The simulation can fail: bugs that are planted in the product are found, each by the promise that it breaks."""

import pytest

from tests.simulation.planted import BUGS, Bug
from tests.simulation.simulation import play


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name.replace(" ", "-"))
def test_a_planted_bug_is_found(bug: Bug) -> None:
    found = next((outcome for seed in range(bug.seeds) if (outcome := play(seed, bug.plant)).violations), None)
    assert found is not None, f"{bug.seeds} seeds did not see that {bug.name}"
    assert any(violation.startswith(bug.breaks) for violation in found.violations), found.violations


def test_nothing_of_a_planted_bug_stays_behind() -> None:
    before = [getattr(bug.owner, bug.attribute) for bug in BUGS]
    for bug in BUGS:
        play(1, bug.plant)
    assert [getattr(bug.owner, bug.attribute) for bug in BUGS] == before
