"""A drill makes way for a real alarm: those it called are free."""

from datetime import datetime
from uuid import UUID

from services.alerting.core.draft import Draft
from services.alerting.core.model import Alert, Decision
from services.alerting.core.operator import end
from services.alerting.core.reason import Reason
from shared.words import AlertState

ENDS = "A real alarm ends the drill: those it called are free."


def preempt(draft: Draft, real: UUID, text: str = ENDS) -> None:
    """Close the drill that is being decided on, because of the real alert."""
    draft.cause = f"alert:{real}"
    end(draft, Reason.PREEMPTED, "pre-empted by a real alarm", text)


def give_way(drill: Alert, real: UUID, now: datetime) -> Decision:
    """End the drill if nobody has done so yet."""
    draft = Draft(drill, now, f"alert:{real}")
    if drill.state is not AlertState.CLOSED:
        preempt(draft, real)
    return draft.decide()
