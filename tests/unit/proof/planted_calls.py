"""Violations of what people are promised: to be called, in time, once, with cause (C1 to C7)."""

from typing import Any

from tests.proof.history import How
from tests.unit.proof import wrong
from tests.unit.proof.edits import again, became, both, change, drop, move, swap
from tests.unit.proof.telling import at

FRED, ANNA = "page-b-fred:page", "page-a-anna:page"
MOVED: dict[str, Any] = {"topic": "alerts", "alert_id": "alert-b", "version": 3}
ESCALATED = {"seq": 4, "event": "escalated", "reason": "deadline_passed", "cause": "deadline"}

EDITS = {
    "a page that never came at the only phone": ("C1", drop("message", "page-d-jaap:page")),
    "one of three pages that never came at its phone": ("C1", drop("message", "page-a-bert:page")),
    "a page that no phone ever took": ("C1", change("message", "page-d-jaap:page", {"answered": 503})),
    "an alarm that no alert took up": ("C1", change("report", "v1", {"expects": "page"}, expects="view")),
    "an accepted report that is on no topic and in no view":
        ("C1", both(drop("record", incident_id="incident-v2"), drop("row", incident_id="incident-v2"))),
    "a call for a report that is only to be viewed": ("C1", change("report", "g", {"expects": "view"}, expects="page")),
    "a first page three seconds late": ("C2", move("message", "page-d-jaap:page", 3.0)),
    "a first page late after a poison, which excuses nothing":
        ("C2", both(move("message", "page-d-jaap:page", 3.0), again("fault", "1", {"kind": "poison"}, "9", -50.0))),
    "a report refused for good that landed": ("C3", became("report", "v4", How.FAIL, status=422)),
    "a report refused for now that landed too late by its stamp":
        ("C3", move("record", by=5.0, incident_id="incident-z")),
    "a report refused for now that lies behind one begun much later":
        ("C3", swap("record", "offset", {"external_id": "z"}, {"external_id": "v4"})),
    "a call for an alert that no topic tells of":
        ("C3", again("message", ANNA, {"alert_id": "alert-x", "page_id": "page-x-anna"}, "page-x-anna:page")),
    "an escalation four seconds before its deadline":
        ("C4", both(change("record", to={"timeline": [{**ESCALATED, "at": at(1_024.0)}]}, **MOVED),
                    move("record", by=-4.0, **MOVED), move("message", FRED, -4.0))),
    "an escalation although by its own count enough were coming":
        ("C4", change("record", to={"coming": {"total": 2, "lead": 1}}, **MOVED)),
    "an escalation that did not count an acknowledged answer":
        ("C4", change("record", to={"coming": {"total": 0, "lead": 0}}, **MOVED)),
    "an escalation without a deadline": ("C4", change("record", to={"next_step_at": None}, alert_id="alert-b",
                                                      state="paging", step=1)),
    "an escalation for a team without members, of which there is no trace":
        ("C4", change("record", to={"timeline": [{**ESCALATED, "at": at(1_028.02), "reason": "team_empty"}]}, **MOVED)),
    "an escalation that says to have reasons that no step has":
        ("C4", change("record", to={"timeline": [{**ESCALATED, "at": at(1_028.02), "reason": "joined"}]}, **MOVED)),
    "two escalations away from one step":
        ("C4", change("record", to={"timeline": [{**ESCALATED, "at": at(1_028.02)}] * 2}, **MOVED)),
    "a step more than the timeline tells": ("C4", change("record", to={"step": 3}, alert_id="alert-c", version=2)),
    "a call for a step that the alert never came to":
        ("C4", again("message", ANNA, {"page_id": "page-a-zoe", "member": "zoe", "step": 5}, "page-a-zoe:page")),
    "people of the next step called two seconds after the deadline": ("C4", move("message", FRED, 1.5)),
    "people of the next step called two seconds after the refusal": ("C4", move("message", "page-c-ines:page", 1.5)),
    "a second page for the same member and step":
        ("C6", again("message", ANNA, {"page_id": "page-a-other"}, "page-a-other:page")),
    "the same message twice without a reason": ("C6", again("message", ANNA)),
    "the same message a third time after one crash": ("C6", again("message", "page-f-mats:page", by=0.1)),
    "the same message a third time, which its phone had refused once":
        ("C6", again("message", "page-b-dirk:page", {"answered": 204}, by=0.9)),
    "a key that is not its page's": ("C6", again("message", ANNA, named="page-x-anna:page")),
    "a key that stands for two members": ("C6", again("message", ANNA, {"member": "bert"}, by=0.0)),
    "a call anew although nothing was reopened": ("C6", again("message", ANNA, named=f"{ANNA}:2")),
    "an answer recorded that was refused":
        ("C7", became("answer", "page-a-bert:coming:1012.0", How.FAIL, status=409)),
    "an answer recorded that nobody gave": ("C7", drop("answer", page_id="page-c-hans")),
    "an answer of another kind than was given":
        ("C7", change("answer", "page-a-bert:coming:1012.0", {"answer": "arrived"}, answer="coming")),
    "an alert closed that nobody closed": ("C7", drop("close", "close-alert-a")),
    "an alert closed by a request that was refused": ("C7", became("close", "close-alert-a", How.FAIL, status=403)),
}  # fmt: skip
STORIES = {
    "a message more often than lost receipts explain": ("C6", wrong.tells_again_and_again),
    "a first page too long after the fault in its way": ("C2", wrong.slow_after_a_fault),
    "a deadline at which nothing happened": ("C4", wrong.never_escalated),
    "a deadline that an answer kept three seconds later": ("C4", wrong.escalated_after_an_answer),
    "a quorum that nobody saw to be impossible": ("C4", wrong.waits_for_the_impossible),
    "a lead who cannot come and is waited for": ("C4", wrong.waits_for_a_lead),
    "a quorum said to be impossible that was not": ("C4", wrong.impossible_but_is_not),
    "a function said to be impossible that was not":
        ("C4", lambda telling: wrong.impossible_but_is_not(telling, "function_impossible")),
    "an alert that gave up while somebody could come": ("C4", wrong.gave_up_too_soon),
    "a step passed over although it had people": ("C4", wrong.passed_over_a_step),
    "a step after enough were coming": ("C5", wrong.goes_on_after_enough),
    "a call of a new step two seconds after enough were coming": ("C5", wrong.calls_after_enough),
    "an acknowledged answer that is nowhere": ("C7", wrong.loses_an_answer),
    "a last word that was forgotten": ("C7", wrong.forgets_the_last_word),
    "an acknowledged end that is none": ("C7", wrong.is_not_closed),
}  # fmt: skip
