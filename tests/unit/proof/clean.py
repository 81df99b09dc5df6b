"""A clean history: all that may happen in a run, and every promise kept."""

from collections.abc import Callable

from tests.proof.history import How, Line
from tests.unit.proof.telling import FIRE, GENERAL, T0, WALL, Alert, Telling

HEALED, END = 1_205.0, 1_260.0


def clean(more: Callable[[Telling], None] = lambda _: None) -> list[Line]:
    """The lines of a run of four minutes with three faults, and of what `more` tells."""
    telling = Telling()
    say = telling.say
    say(T0, "run", "run", How.INFO, "begin", wall=WALL, t=T0, seed=7, minutes=4, commit="0123abc", machine="2 cores")
    _enough(telling)
    _deadline(telling)
    _impossible(telling)
    _nobody_left(telling)
    _reopened(telling)
    _nobody_at_first(telling)
    _in_a_fault(telling)
    _only_viewed(telling)
    _refused(telling)
    _poison(telling)
    _monitor(telling)
    more(telling)
    telling.fault("1", "kill", "alerting-a", 1_100.0, 1_104.0)
    telling.fault("2", "stop", "broker-1", 1_130.0, 1_139.0)
    telling.fault("3", "clock", "alerting-b", 1_150.0, 1_156.0)
    for t, mark in ((1_160.0, "faults_ended"), (1_200.0, "load_ended"), (HEALED, "healed"), (END, "end")):
        say(t, "run", "run", How.INFO, mark)
    for second in range(int(END - T0)):
        t = T0 + second + 0.5
        lag = 3 if 1_130.0 < t < 1_140.0 else 0
        say(t, "levels", "level", How.INFO, lag=lag, spool=0, outbox=0, overdue=0, ready={"alerting-a": True})
    telling.tables()
    telling.back("rebuild", records=100, unreadable=1, differences={})
    for seq in (1, 2, 3):
        telling.back("audit", seq=seq, at="", who="anna", what="close", previous=f"mac-{seq - 1}", mac=f"mac-{seq}")
    return telling.history()


def _enough(telling: Telling) -> None:
    """Enough people at once; another incident joins; the surplus is stood down; the source had to say it twice."""
    telling.report("a", 1_009.0, How.FAIL, status=503)
    telling.report("a", 1_010.0)
    telling.incident("a", 1_010.01)
    alert = Alert(telling, "a", 2)
    alert.version(1_010.015, "paging", 1, ("opened", "opened", "incident:incident-a"),
                  ("paged", "opened", "incident:incident-a"), deadline=1_018.015, incident="a")  # fmt: skip
    for member in ("anna", "bert", "cees"):
        alert.page(1_010.015, member, 1)
    cause = alert.says(1_011.0, "anna", "coming")
    alert.version(1_011.005, "paging", 1, ("answer", "answered", cause), coming=1, deadline=1_018.015)
    telling.report("g", 1_011.5)
    telling.incident("g", 1_011.51)
    alert.version(1_011.52, "paging", 1, ("incident", "joined", "incident:incident-g"), coming=1, deadline=1_018.015,
                  incident="g")  # fmt: skip
    cause = alert.says(1_012.0, "bert", "coming")
    alert.stand_down(1_012.005, "cees")
    alert.version(1_012.005, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=2)
    telling.answer(1_013.0, "page-a-cees", "coming", How.FAIL, status=404)
    alert.close(1_030.0, 1)


def _deadline(telling: Telling) -> None:
    """Too few at the deadline: the next step, and there somebody comes. A phone does not take its page at first."""
    telling.report("b", 1_020.0)
    telling.incident("b", 1_020.01, partition=1, building="H02")
    alert = Alert(telling, "b", 2)
    alert.version(1_020.015, "paging", 1, ("opened", "opened", "incident:incident-b"),
                  ("paged", "opened", "incident:incident-b"), deadline=1_028.015, incident="b")  # fmt: skip
    telling.message(1_020.03, "page-b-dirk", alert.id, 1, answered=503)
    telling.message(1_020.05, "page-b-eva", alert.id, 1, answered="cut")
    alert.page(1_020.015, "dirk", 1, heard=0.54)
    alert.page(1_020.015, "eva", 1, heard=0.56)
    cause = alert.says(1_022.0, "dirk", "coming")
    alert.version(1_022.005, "paging", 1, ("answer", "answered", cause), coming=1, deadline=1_028.015)
    alert.version(1_028.02, "paging", 2, ("skipped", "buddy_in_alarm", "deadline"),
                  ("escalated", "deadline_passed", "deadline"), coming=1, deadline=1_036.02)  # fmt: skip
    alert.page(1_028.02, "fred", 2)
    cause = alert.says(1_030.0, "fred", "coming")
    alert.stand_down(1_030.005, "eva")
    alert.version(1_030.005, "staffed", 2, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=2)
    alert.close(1_045.0, 2)


def _impossible(telling: Telling) -> None:
    """One says no and too few are left: the next step at once."""
    telling.report("c", 1_040.0)
    telling.incident("c", 1_040.01)
    alert = Alert(telling, "c", 2)
    alert.version(1_040.015, "paging", 1, ("opened", "opened", "incident:incident-c"),
                  ("paged", "opened", "incident:incident-c"), deadline=1_048.015, incident="c")  # fmt: skip
    alert.page(1_040.015, "gert", 1)
    alert.page(1_040.015, "hans", 1)
    cause = alert.says(1_041.0, "gert", "not_coming")
    alert.version(1_041.005, "paging", 2, ("answer", "answered", cause), ("escalated", "quorum_impossible", cause),
                  deadline=1_049.005)  # fmt: skip
    alert.page(1_041.005, "ines", 2)
    cause = alert.says(1_042.0, "hans", "coming")
    alert.version(1_042.005, "paging", 2, ("answer", "answered", cause), coming=1, deadline=1_049.005)
    cause = alert.says(1_043.0, "ines", "coming")
    alert.version(1_043.005, "staffed", 2, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=2)
    telling.answer(1_044.0, "page-c-ines", "arrived", How.INFO, why="TimeoutError")
    alert.close(1_050.0, 2)


def _nobody_left(telling: Telling) -> None:
    """The only one says no, the next step has nobody, and there is no other."""
    telling.report("d", 1_050.0)
    telling.incident("d", 1_050.01)
    alert = Alert(telling, "d", 1)
    alert.version(1_050.015, "paging", 1, ("opened", "opened", "incident:incident-d"),
                  ("paged", "opened", "incident:incident-d"), deadline=1_058.015, incident="d")  # fmt: skip
    alert.page(1_050.015, "jaap", 1)
    cause = alert.says(1_051.0, "jaap", "not_coming")
    alert.version(1_051.005, "exhausted", 2, ("answer", "answered", cause), ("skipped", "team_empty", cause),
                  ("exhausted", "no_more_steps", cause))  # fmt: skip
    alert.close(1_060.0, 2)


def _reopened(telling: Telling) -> None:
    """Who was coming is not: the one who was sent home is called anew, with the same page."""
    telling.report("e", 1_060.0)
    telling.incident("e", 1_060.01)
    alert = Alert(telling, "e", 1)
    alert.version(1_060.015, "paging", 1, ("opened", "opened", "incident:incident-e"),
                  ("paged", "opened", "incident:incident-e"), deadline=1_068.015, incident="e")  # fmt: skip
    alert.page(1_060.015, "karel", 1)
    alert.page(1_060.015, "lies", 1)
    cause = alert.says(1_061.0, "karel", "coming")
    alert.stand_down(1_061.005, "lies")
    alert.version(1_061.005, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    cause = alert.says(1_063.0, "karel", "not_coming")
    alert.told(1_063.005, "lies", state="sending")
    alert.version(1_063.005, "paging", 1, ("answer", "answered", cause), ("reopened", "reopened_not_coming", cause),
                  deadline=1_071.005)  # fmt: skip
    telling.message(1_063.04, "page-e-lies", alert.id, 1, n=2)
    cause = alert.says(1_064.0, "lies", "coming")
    alert.version(1_064.005, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    alert.close(1_070.0, 1)


def _nobody_at_first(telling: Telling) -> None:
    """The first step has nobody and the second too few: the third is called as the alert opens."""
    telling.report("h", 1_082.0)
    telling.incident("h", 1_082.01, partition=2, building="H03")
    alert = Alert(telling, "h", 2)
    why = "incident:incident-h"
    alert.version(1_082.015, "paging", 3, ("opened", "opened", why), ("skipped", "nobody_present", why),
                  ("escalated", "nobody_present", why), ("escalated", "quorum_impossible", why),
                  deadline=1_090.015, incident="h")  # fmt: skip
    alert.page(1_082.015, "nel", 2)
    alert.page(1_082.015, "otto", 3)
    cause = alert.says(1_083.0, "nel", "coming")
    alert.version(1_083.005, "paging", 3, ("answer", "answered", cause), coming=1, deadline=1_090.015)
    cause = alert.says(1_083.5, "otto", "coming")
    alert.version(1_083.505, "staffed", 3, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=2)
    alert.close(1_088.0, 3)


def _in_a_fault(telling: Telling) -> None:
    """A process dies: the page comes after it is back, and the one that was under way comes twice."""
    telling.report("f", 1_101.0)
    telling.incident("f", 1_101.01)
    alert = Alert(telling, "f", 1)
    alert.version(1_107.0, "paging", 1, ("opened", "opened", "incident:incident-f"),
                  ("paged", "opened", "incident:incident-f"), deadline=1_115.0, incident="f")  # fmt: skip
    alert.page(1_107.0, "mats", 1)
    telling.message(1_108.0, "page-f-mats", alert.id, 1)
    cause = alert.says(1_109.0, "mats", "coming")
    alert.version(1_109.005, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    alert.close(1_120.0, 1)


def _only_viewed(telling: Telling) -> None:
    """Three that call nobody, one of them said by a source that never learned that it was taken."""
    for n, name in enumerate(("v1", "v2", "v3")):
        telling.report(name, 1_070.0 + n, expects="view")
        telling.incident(name, 1_070.01 + n, GENERAL)
    telling.report("u", 1_075.0, How.INFO, took=10.0, expects="view", why="TimeoutError")
    telling.incident("u", 1_075.01, GENERAL)


def _refused(telling: Telling) -> None:
    """Refused for good; refused for now, of which one lands in time; unknown, and nowhere."""
    telling.report("x", 1_076.0, How.FAIL, status=422)
    telling.report("y", 1_077.0, How.FAIL, took=1.5, status=503)
    telling.report("z", 1_078.0, How.FAIL, took=1.5, expects="view", status=503)
    telling.incident("z", 1_080.0, GENERAL)
    telling.report("w", 1_079.0, How.INFO, took=10.0, why="ServerDisconnectedError")
    telling.report("v4", 1_090.0, expects="view")
    telling.incident("v4", 1_090.01, GENERAL)


def _poison(telling: Telling) -> None:
    """One that landed, is buried by both services and told on its topic; one of which nobody knows."""
    offset = telling.record(FIRE, 0, 1_095.0, None)
    telling.say(1_095.0, "poisoner", "poison", How.INVOKE, "p1", kind="not_json", topic=FIRE)
    telling.say(1_095.02, "poisoner", "poison", How.OK, "p1", topic=FIRE, partition=0, offset=offset)
    telling.say(1_131.0, "poisoner", "poison", How.INVOKE, "p2", kind="null_value", topic=GENERAL)
    telling.say(1_136.0, "poisoner", "poison", How.INFO, "p2", why="TimeoutError")
    for service in ("alerting", "reporting"):
        telling.back("row", table="dead_letters", service=service, topic=FIRE, partition=0, offset=offset,
                     reason="not JSON")  # fmt: skip
    telling.record(f"{FIRE}.dead", 0, 1_095.1, None, dead_topic=FIRE, dead_partition="0", dead_offset=str(offset))


def _monitor(telling: Telling) -> None:
    """A reader that comes back from where it was."""
    telling.say(1_005.0, "monitor-1", "stream", How.INVOKE, "stream-1", last_event_id=None)
    for n, (event, entity, version) in enumerate(
        [("snapshot", None, None), ("incident", "incident-a", None), ("alert", "alert-a", 1), ("alert", "alert-a", 3)]
    ):
        telling.say(1_010.0 + n, "monitor-1", "stream", How.INFO, "stream-1", event=event, revision=10 + n,
                    entity=entity, version=version)  # fmt: skip
    telling.say(1_020.0, "monitor-1", "stream", How.FAIL, "stream-1", why="ended")
    telling.say(1_021.0, "monitor-1", "stream", How.INVOKE, "stream-2", last_event_id="13")
    telling.say(1_022.0, "monitor-1", "stream", How.INFO, "stream-2", event="alert", revision=14, entity="alert-b",
                version=1)  # fmt: skip
