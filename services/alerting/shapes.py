"""What alerting's API answers with, and what it takes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.alerting.core.counting import coming
from services.alerting.core.model import Alert, Line, Page
from services.alerting.people import Someone
from shared.events import EARLIEST, LATEST
from shared.words import Answer, Function, Language


def _meant(until: datetime) -> datetime:
    """A machine's mad clock is put right (`shared.events.Moment`), a person is told: nobody means the year 9999."""
    if not EARLIEST < until < LATEST:
        raise ValueError(f"not between {EARLIEST.year} and {LATEST.year}; leave it out when it has no end")
    return until


Until = Annotated[AwareDatetime, AfterValidator(_meant)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Asked(BaseModel):
    """What a person sends; an unknown field is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerIn(Asked):
    """A member's answer; `eta_s` are seconds from now."""

    answer: Answer
    eta_s: int | None = Field(None, ge=0, le=4 * 3600)


class CloseIn(Asked):
    """Why an alert is closed."""

    reason: str = Field(min_length=1, max_length=500)


class EscalateIn(Asked):
    """The step that the operator saw: once the alert is at another one, the request is a repeat of what was done."""

    step: int | None = Field(None, ge=1)


class ShelveIn(Asked):
    """For how many seconds, an hour unless it is said and a day at most, and why: nothing stays shelved forgotten."""

    for_s: int = Field(3600, ge=60, le=24 * 3600)
    reason: str = Field(min_length=1, max_length=500)


class ShelfIn(ShelveIn):
    """What is shelved: a source, `system` or `system/device` as its incidents name it, or a building by its code.

    With both that source in that building alone; a source without a building on the whole campus.
    """

    source: Name | None = None
    building: Name | None = None

    @model_validator(mode="after")
    def something(self) -> Self:
        """The source, the building, or both."""
        if self.source is None and self.building is None:
            raise ValueError("give `source`, `building` or both")
        return self


class ChannelIn(Asked):
    """One way to reach a member: `webhook` with a URL, `tablet` or `console` with any name."""

    kind: str = Field(min_length=1, max_length=30)
    address: str = Field("", max_length=2000)


class MemberIn(Asked):
    """A member; the first channel is the primary one."""

    name: Name
    language: Language = Language.NL
    teams: list[Name] = Field(default_factory=list, max_length=50)
    functions: list[Function] = Field(default_factory=list)
    channels: list[ChannelIn] = Field(default_factory=list, max_length=10)


class PresenceIn(Asked):
    """Where a member is: a building's code, or null for not here; until when."""

    building: str | None
    until: Until | None = None


def alert_out(alert: Alert, lines: Sequence[Line] | None = None, *, whole: bool = True) -> dict[str, Any]:
    """The shape `alert` of the contract; list items leave out pages and timeline."""
    shape: dict[str, Any] = {
        "alert_id": alert.alert_id,
        "version": alert.version,
        "plan": alert.frozen.plan.id,
        "kind": alert.kind,
        "title": alert.title,
        "state": alert.state,
        "building": alert.building,
        "severity": alert.severity,
        "drill": alert.drill,
        "opened_at": alert.opened_at,
        "updated_at": alert.updated_at,
        "step": alert.step,
        "steps": len(alert.frozen.plan.steps),
        "needed": dict(alert.frozen.plan.needed),
        "coming": coming(alert),
        "next_step_at": alert.deadline,
        "acknowledged_by": alert.acknowledged_by,
        "acknowledged_at": alert.acknowledged_at,
        "restored_at": alert.restored_at,
        "closed_at": alert.closed_at,
        "close_reason": alert.close_reason,
        "incident_ids": alert.incident_ids,
        "incidents": alert.joined,
    }
    if whole:
        shape["pages"] = [page_out(page) for page in alert.pages]
        shape["timeline"] = [line_out(line) for line in lines or ()]
    return shape


def page_out(page: Page) -> dict[str, Any]:
    """The shape `page` of the contract."""
    return {
        "page_id": page.page_id,
        "member_id": page.member_id,
        "member": page.name,
        "team": page.team,
        "functions": page.functions,
        "step": page.step,
        "channel": page.channel,
        "state": page.state,
        "sent_at": page.sent_at,
        "delivered_at": page.delivered_at,
        "answer": page.answer,
        "answered_at": page.answered_at,
        "eta_s": page.eta_s,
    }


def line_out(line: Line) -> dict[str, Any]:
    """A line of the timeline."""
    return {"at": line.at, "event": line.event, "reason": line.reason, "cause": line.cause, "text": line.text}


def member_out(someone: Someone) -> dict[str, Any]:
    """A member with teams, channels and presence; `building` null and `said` true is "not here"."""
    member = someone.member
    return {
        "member_id": member.member_id,
        "name": member.name,
        "language": member.language,
        "teams": someone.teams,
        "functions": member.functions,
        "channels": [{"kind": channel.kind, "address": channel.address} for channel in member.channels],
        "presence": {"building": someone.building, "until": someone.until} if someone.said else None,
    }
