"""Stories in which a promise is broken; the rest of the run keeps it."""

from tests.unit.proof.telling import Alert, Telling

T = 1_080.0
DUE = T + 8.01
NOBODY_LEFT = ("skipped", "team_empty", "deadline"), ("exhausted", "no_more_steps", "deadline")


def opened(telling: Telling, needed: int, *members: str) -> Alert:
    """An alert of a report `s`, its first step called at once."""
    telling.report("s", T)
    telling.incident("s", T + 0.005, partition=3, building="H09")
    alert = Alert(telling, "s", needed)
    lines = (("opened", "opened", "incident:incident-s"), ("paged", "opened", "incident:incident-s"))
    alert.version(T + 0.01, "paging", 1, *lines, deadline=DUE, incident="s")
    for member in members:
        alert.page(T + 0.01, member, 1)
    return alert


def ended(alert: Alert, step: int) -> None:
    """It was closed in the end."""
    alert.close(T + 18, step)


def slow_after_a_fault(telling: Telling) -> None:
    """A fault is over for six seconds when the first phone rings."""
    telling.fault("8", "refuse", "phones", T - 1, T + 1)
    alert = opened(telling, 1)
    alert.page(T + 0.01, "pia", 1, heard=7.0)
    cause = alert.says(T + 7.5, "pia", "coming")
    alert.version(T + 7.505, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    ended(alert, 1)


def tells_again_and_again(telling: Telling, times: int = 7) -> None:
    """Receipts are lost on the road from the phones for four seconds, and a page comes more often than it is tried."""
    telling.fault("8", "cut", "alerting-phones", T - 1, T + 3)
    alert = opened(telling, 1, "pia")
    for number in range(1, times):
        telling.message(T + 0.05 + number / 2, alert.page_of("pia"), alert.id, 1)
    cause = alert.says(T + 4, "pia", "coming")
    alert.version(T + 4.005, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    ended(alert, 1)


def never_escalated(telling: Telling) -> None:
    """One of two comes, the deadline passes, and nothing happens."""
    alert = opened(telling, 2, "pia", "quin")
    cause = alert.says(T + 1, "pia", "coming")
    alert.version(T + 1.005, "paging", 1, ("answer", "answered", cause), coming=1, deadline=DUE)


def escalated_after_an_answer(telling: Telling) -> None:
    """The deadline passes; what moves the alert on is an answer three seconds later."""
    alert = opened(telling, 1, "pia")
    cause = alert.says(T + 11, "pia", "coming")
    alert.version(T + 11.005, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    ended(alert, 1)


def waits_for_the_impossible(telling: Telling) -> None:
    """One of two says no, both are needed: the alert waits for its deadline all the same."""
    alert = opened(telling, 2, "pia", "quin")
    cause = alert.says(T + 1, "pia", "not_coming")
    alert.version(T + 1.005, "paging", 1, ("answer", "answered", cause), deadline=DUE)
    alert.version(
        DUE, "exhausted", 2, ("skipped", "team_empty", "deadline"), ("exhausted", "no_more_steps", "deadline")
    )
    ended(alert, 2)


def waits_for_a_lead(telling: Telling) -> None:
    """The only lead says no, and a lead is needed: the alert waits for its deadline all the same."""
    alert = opened(telling, 1, "pia")
    alert.page(T + 0.01, "quin", 1, lead=False)
    cause = alert.says(T + 1, "pia", "not_coming")
    alert.version(T + 1.005, "paging", 1, ("answer", "answered", cause), deadline=DUE)
    alert.version(
        DUE, "exhausted", 2, ("skipped", "team_empty", "deadline"), ("exhausted", "no_more_steps", "deadline")
    )
    ended(alert, 2)


def impossible_but_is_not(telling: Telling, reason: str = "quorum_impossible") -> None:
    """One of two says no, one is needed: the next step comes although the other may still come."""
    alert = opened(telling, 1, "pia", "quin")
    cause = alert.says(T + 1, "pia", "not_coming")
    alert.version(T + 1.005, "paging", 2, ("answer", "answered", cause), ("escalated", reason, cause), deadline=T + 9)
    alert.page(T + 1.005, "rik", 2)
    cause = alert.says(T + 2, "rik", "coming")
    alert.version(T + 2.005, "staffed", 2, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    ended(alert, 2)


def gave_up_too_soon(telling: Telling) -> None:
    """Nobody has answered, the time is not over, and the alert has no more steps."""
    alert = opened(telling, 1, "pia")
    alert.version(T + 2, "exhausted", 1, ("exhausted", "no_more_steps", "deadline"))
    ended(alert, 1)


def passed_over_a_step(telling: Telling) -> None:
    """Two steps at once at the deadline, although the first of them has somebody who could come."""
    alert = opened(telling, 1, "pia")
    lines = (("escalated", "deadline_passed", "deadline"), ("escalated", "deadline_passed", "deadline"))
    alert.version(DUE, "paging", 3, *lines, deadline=DUE + 8)
    alert.page(DUE, "quin", 2)
    alert.page(DUE, "rik", 3)
    alert.version(DUE + 8, "exhausted", 3, ("exhausted", "no_more_steps", "deadline"))
    ended(alert, 3)


def goes_on_after_enough(telling: Telling) -> None:
    """Enough are coming, and at the deadline of old the next step comes."""
    alert = opened(telling, 1, "pia")
    cause = alert.says(T + 1, "pia", "coming")
    alert.version(T + 1.005, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    alert.version(DUE, "paging", 2, ("escalated", "deadline_passed", "deadline"), coming=1, deadline=DUE + 8)
    alert.version(DUE + 4, "staffed", 2, ("staffed", "staffed", "deadline"), coming=1)
    ended(alert, 2)


def calls_after_enough(telling: Telling) -> None:
    """An operator asked for the next step, enough came at once, and two seconds later a phone rings for it."""
    alert = opened(telling, 1, "pia")
    alert.version(T + 1, "paging", 2, ("escalated", "escalated_by_operator", "operator:anna"), deadline=T + 9)
    alert.page(T + 1, "quin", 2, heard=2.5)
    cause = alert.says(T + 1.1, "pia", "coming")
    lines = (("answer", "answered", cause), ("staffed", "staffed", cause))
    alert.version(T + 1.105, "staffed", 2, *lines, coming=1)
    ended(alert, 2)


def forgets_the_last_word(telling: Telling) -> None:
    """One who was coming says no, is told that this is taken, and is coming again in the end."""
    alert = opened(telling, 1, "pia")
    cause = alert.says(T + 1, "pia", "coming")
    alert.version(T + 1.005, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    alert.says(T + 2, "pia", "not_coming")
    alert.told(T + 2.1, "pia", answer="coming")
    ended(alert, 1)


def is_not_closed(telling: Telling) -> None:
    """An operator is told that it is closed; it stays open."""
    alert = opened(telling, 1, "pia")
    cause = alert.says(T + 1, "pia", "coming")
    alert.version(T + 1.005, "staffed", 1, ("answer", "answered", cause), ("staffed", "staffed", cause), coming=1)
    telling.close(T + 3, alert.id)


def loses_an_answer(telling: Telling) -> None:
    """A member is told that his answer is taken, and no record has it."""
    telling.answer(1_020.5, "page-a-cees", "arrived")
