"""What sources say: in the shares that a run wants, each report as its endpoint takes it."""

from collections import Counter
from random import Random

from services.intake import normalise, normalise_incident
from services.intake.models import AccessEvent, FireAlarm, Incident
from services.intake.reception import Reception
from shared import campus, clock
from shared.campus import Scope
from shared.events import IncidentReported
from tests.proof import grounds
from tests.proof.clients.board import LOST_S, SETTLED_S, Board, Slot
from tests.proof.clients.mix import Mix, Report
from tests.proof.grounds import PLANS
from tests.proof.target import SOURCE, Target

RATE = 200
TARGET = Target(
    intake="", alerting=("",), reporting="", keys={}, sources={scope: SOURCE.format(scope=scope) for scope in Scope},
    admin_token="", bootstrap=(), database_url="", phones_port=1, phones_url="",
)  # fmt: skip


def drawn(seconds: int) -> tuple[Board, list[Report]]:
    """The reports of so many seconds, each slot closed 25 s after it was taken."""
    board = Board()
    mix = Mix.of(TARGET, board, seed=3)
    found: list[Report] = []
    closing: dict[int, Slot] = {}
    for n in range(seconds * RATE):
        before = set(board.taken)
        found.append(mix.draw(n / RATE))
        for slot in set(board.taken) - before:
            closing[n + 25 * RATE] = slot
        if n in closing:
            board.release(closing[n])
    return board, found


def test_half_is_only_viewed_and_about_nine_a_second_open_an_alert() -> None:
    board, found = drawn(60)
    viewed = Counter(report.expects for report in found)["view"] / len(found)
    assert 0.45 < viewed < 0.60
    assert 150 < len(board.taken) < 250  # 9 a second, 25 s each, as many as there are houses for


def test_what_is_only_viewed_has_no_plan_and_what_is_to_page_has_one() -> None:
    planned = {kind for kinds, _, _ in PLANS.values() for kind in kinds}
    for report in drawn(5)[1]:
        assert (report.kind in planned) is (report.expects == "page")


def test_intake_makes_of_each_report_the_incident_whose_id_was_told_beforehand() -> None:
    known = campus.parse({"campus.yaml": grounds.campus_file()})
    seen: set[Scope] = set()
    for report in drawn(5)[1]:
        made = as_intake(report, Reception(TARGET.sources[report.scope], clock.now(), known, clock.new_id))
        assert (made.incident_id, made.kind, made.location.building) == (
            report.incident_id, report.kind, report.building,
        )  # fmt: skip
        seen.add(report.scope)
    assert seen == {Scope.FIRE, Scope.ACCESS, Scope.GENERAL}


def as_intake(report: Report, reception: Reception) -> IncidentReported:
    """What intake's endpoint of that scope makes of it."""
    match report.scope:
        case Scope.FIRE:
            return normalise.fire_alarm(FireAlarm.model_validate(report.body), reception)
        case Scope.ACCESS:
            return normalise.access_event(AccessEvent.model_validate(report.body), reception)
        case _:
            return normalise_incident.incident(Incident.model_validate(report.body), reception)


def test_a_slot_is_joined_once_its_alert_must_be_there_and_is_free_again_when_that_was_closed() -> None:
    board, random = Board(), Random(1)
    slot = board.take("fire", random, now=0.0)
    assert slot is not None
    assert board.join(random, now=SETTLED_S / 2) is None
    assert board.join(random, now=SETTLED_S * 2) == slot
    board.paged("alert", now=0.1)
    board.closed("alert", {"building": slot.building, "plan": "fire"}, now=20.0)
    assert board.join(random, now=21.0) is None
    assert board.alerts == {}


def test_a_late_word_of_a_closed_alert_opens_nothing() -> None:
    board = Board()
    board.closed("alert", {"building": "B01", "plan": "fire"}, now=1.0)
    board.paged("alert", now=1.1)
    board.shown({"alert_id": "alert", "state": "staffed"}, now=1.2)
    assert board.alerts == {}


def test_a_slot_whose_alert_nobody_ever_saw_is_given_back() -> None:
    board, random = Board(), Random(1)
    board.take("fire", random, now=0.0)
    board.tidy(now=LOST_S + 1)
    assert board.join(random, now=LOST_S + 2) is None
