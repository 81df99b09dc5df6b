"""Which plan an incident falls under."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.alerting.core.facts import Plan, Window
from shared.words import Kind, Severity

_DAY = timedelta(days=1)


def choose_plan(plans: Iterable[Plan], kind: Kind, severity: Severity, at_local_time: datetime) -> Plan | None:
    """The first plan that holds for this kind and severity at this local time; order in the campus file decides."""
    return next((plan for plan in plans if _holds(plan, kind, severity, at_local_time)), None)


def _holds(plan: Plan, kind: Kind, severity: Severity, at: datetime) -> bool:
    """A plan without hours holds always."""
    if kind not in plan.kinds or severity.rank < plan.min_severity.rank:
        return False
    return plan.hours is None or any(_covers(window, at) for window in plan.hours)


def _covers(window: Window, at: datetime) -> bool:
    """From the start up to, not including, the end; past midnight the weekday is that of the evening before."""
    clock = at.time()
    if window.start < window.end:
        return at.weekday() in window.weekdays and window.start <= clock < window.end
    evening, morning = at.weekday() in window.weekdays, (at - _DAY).weekday() in window.weekdays
    return (evening and clock >= window.start) or (morning and clock < window.end)
