"""Floods and crowds are decided in time (of the processor): no cost grows with the square of anything."""

import gc
from collections.abc import Callable
from dataclasses import replace
from time import thread_time
from typing import TypeVar

from services.alerting.core.facts import Step
from services.alerting.core.fold import fold
from services.alerting.core.report import webhook_body
from shared.events import IncidentReported
from shared.words import MessageType
from tests.unit.alerting.world import COMING, FIRE, NOW, ROSTER, Story, incident, opened, people, scene

CROWD = replace(FIRE, needed={"total": 600, "lead": 1}, steps=(Step(("bhv",), 60),))
CROWD_ROSTER = {**ROSTER, "bhv-horst": people("h", 1300, leads=5)}


T = TypeVar("T")


def timed(act: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and the seconds that it costs: the least of three, as what else runs here can only add to it.

    What the other tests of this process left in memory is not gone through by its garbage collections.
    """
    gc.freeze()
    try:
        times: list[float] = []
        for _ in range(3):
            start = thread_time()
            result = act()
            times.append(thread_time() - start)
    finally:
        gc.unfreeze()
    return result, min(times)


def flood(n: int) -> list[IncidentReported]:
    """So many alarms of 500 detectors in one building."""
    return [incident(f"i{i}", zone=f"zone {i % 500}", dedup_key=f"detector {i % 500}") for i in range(n)]


def test_ten_thousand_alarms_of_one_building_fold_into_one_alert_well_under_a_second() -> None:
    alarms = flood(10_000)
    (decision,), took = timed(lambda: fold(scene(busy=frozenset()), alarms, NOW))
    assert len(decision.alert.incidents) == 10_000
    assert len(decision.messages) == 5
    assert took < 0.8


def test_a_batch_on_top_of_ten_thousand_alarms_costs_no_more_than_the_batch_and_a_look() -> None:
    (flooded,) = fold(scene(busy=frozenset()), flood(10_000), NOW)
    batch = [incident(f"j{n}", zone=f"zone {n}") for n in range(500)]
    (decision,), took = timed(lambda: fold(scene(flooded.alert, busy=frozenset()), batch, NOW))
    assert len(decision.alert.incidents) == 10_500
    assert len(decision.timeline) == 1
    assert took < 0.4


def test_thirteen_hundred_members_are_paged_and_written_to_in_time() -> None:
    def page() -> list[dict[str, object]]:
        story = opened(*flood(500), plan=CROWD, roster=CROWD_ROSTER)
        both = zip(story.alert.pages, story.last.messages, strict=True)
        return [webhook_body(story.alert, page, m, NOW, "") for page, m in both]

    bodies, took = timed(page)
    assert len(bodies) == 1300
    assert took < 0.8


def test_a_hundred_answers_of_thirteen_hundred_members_cost_milliseconds_each() -> None:
    def answer() -> Story:
        story = opened(plan=CROWD, roster=CROWD_ROSTER)
        story.answers(COMING, *(f"h{n}" for n in range(1, 101)))
        return story

    story, took = timed(answer)
    assert not story.told(MessageType.STAND_DOWN)
    assert took < 1.5
