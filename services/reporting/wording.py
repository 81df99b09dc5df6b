"""The words people read for the closed vocabularies; `N_` marks them for the catalogue, templates translate them."""

from collections.abc import Mapping

from shared.words import AlertState, Answer, PageState, Severity


def N_(text: str) -> str:
    """Marks a text for extraction; gettext turns it into Dutch where it is shown."""
    return text


SEVERITY: Mapping[str, str] = {
    Severity.EXTREME: N_("Extreme"),
    Severity.SEVERE: N_("Severe"),
    Severity.MODERATE: N_("Moderate"),
    Severity.MINOR: N_("Minor"),
    Severity.UNKNOWN: N_("Unknown severity"),
}

STATE: Mapping[str, str] = {
    AlertState.PAGING: N_("Paging"),
    AlertState.STAFFED: N_("Enough coming"),
    AlertState.EXHAUSTED: N_("Nobody left to page"),
    AlertState.CLOSED: N_("Closed"),
}

PAGE_STATE: Mapping[str, str] = {
    PageState.QUEUED: N_("Queued"),
    PageState.SENDING: N_("Being sent"),
    PageState.SENT: N_("Sent"),
    PageState.DELIVERED: N_("Delivered"),
    PageState.FAILED: N_("Not delivered"),
    PageState.STOOD_DOWN: N_("Stood down"),
}

ANSWER: Mapping[str, str] = {
    Answer.COMING: N_("Coming"),
    Answer.NOT_COMING: N_("Not coming"),
    Answer.ARRIVED: N_("Arrived"),
}

FUNCTION: Mapping[str, str] = {
    "total": N_("People"),
    "lead": N_("Lead"),
    "first_aid": N_("First aid"),
    "aed": N_("AED"),
    "breathing_air": N_("Breathing air"),
}

# Why alerting decided what it did; a reason that is not here is shown as it came.
REASON: Mapping[str, str] = {
    "opened": N_("An incident opened the alert"),
    "joined": N_("Another incident joined"),
    "kind_added": N_("Another kind of incident joined"),
    "severity_raised": N_("The severity rose"),
    "zone_added": N_("Another zone is in alarm"),
    "active_again": N_("In alarm again"),
    "partly_restored": N_("Part of the alarm was restored"),
    "restored": N_("The alarm was restored"),
    "preempted": N_("A real alarm goes before a drill"),
    "superseded": N_("Nobody closed it, and a new alarm came"),
    "waiting": N_("There is still time to answer"),
    "repeat": N_("Said before"),
    "answered": N_("A member answered"),
    "not_counted": N_("The answer does not count"),
    "staffed": N_("Enough people are coming"),
    "enough_coming": N_("Enough people are coming"),
    "surplus": N_("More people came than are needed"),
    "quorum_impossible": N_("Too few people can still answer"),
    "function_impossible": N_("Too few people with this function can still answer"),
    "team_empty": N_("The team has no members"),
    "nobody_present": N_("Nobody of the team is present"),
    "nobody_new": N_("Everybody of the team was paged before"),
    "no_buddy_free": N_("No buddy building is free"),
    "buddy_in_alarm": N_("The buddy building has its own alarm"),
    "deadline_passed": N_("The time of the step was over"),
    "no_more_steps": N_("The plan has no more steps"),
    "reopened_not_coming": N_("Somebody who was coming is not"),
    "reopened_eta_passed": N_("Somebody did not arrive in time"),
    "eta_passed": N_("Somebody did not arrive in time"),
    "page_failed": N_("A page could not be delivered"),
    "acknowledged": N_("An operator acknowledged"),
    "escalated_by_operator": N_("An operator called the next step"),
    "stood_down_by_operator": N_("An operator stood people down"),
    "shelved": N_("An operator shelved its sources"),
    "closed": N_("An operator closed the alert"),
}

# Why an alert was closed, when no person did it; what an operator wrote is shown as he wrote it.
CLOSED: Mapping[str, str] = {
    "pre-empted by a real alarm": N_("A real alarm goes before a drill"),
    "superseded by a new alarm": N_("Nobody closed it, and a new alarm came"),
}

TABLES: Mapping[str, Mapping[str, str]] = {
    "severity_words": SEVERITY,
    "state_words": STATE,
    "page_state_words": PAGE_STATE,
    "answer_words": ANSWER,
    "function_words": FUNCTION,
    "reason_words": REASON,
    "closed_words": CLOSED,
}
