"""Alerts and pages as others see them: the events on the topics, and the body of a page."""

from datetime import datetime

from services.alerting.core import briefing
from services.alerting.core.counting import coming
from services.alerting.core.model import Alert, Decision, Message, Page
from shared.events import AlertUpdated, PageUpdated, TimelineLine


def alert_updated(decision: Decision) -> AlertUpdated:
    """The alert after a decision, with the decision's lines."""
    alert = decision.alert
    return AlertUpdated(
        alert_id=alert.alert_id,
        version=alert.version,
        plan=alert.frozen.plan.id,
        kind=alert.kind,
        state=alert.state,
        building=alert.building,
        severity=alert.severity,
        title=alert.title,
        drill=alert.drill,
        confidentiality=alert.confidentiality,
        opened_at=alert.opened_at,
        updated_at=alert.updated_at,
        step=alert.step,
        needed=dict(alert.frozen.plan.needed),
        coming=coming(alert),
        next_step_at=alert.deadline,
        restored_at=alert.restored_at,
        closed_at=alert.closed_at,
        close_reason=alert.close_reason,
        acknowledged_by=alert.acknowledged_by,
        incident_ids=alert.incident_ids,
        timeline=tuple(
            TimelineLine(seq=n.seq, at=n.at, event=n.event, reason=n.reason, cause=n.cause, text=n.text)
            for n in decision.timeline
        ),
    )


def page_updated(alert: Alert, page: Page, now: datetime) -> PageUpdated:
    """One page of the alert as it stands."""
    return PageUpdated(
        page_id=page.page_id,
        version=page.version,
        alert_id=alert.alert_id,
        member_id=page.member_id,
        member=page.name,
        team=page.team,
        functions=tuple(page.functions),
        step=page.step,
        channel=page.channel,
        state=page.state,
        sent_at=page.sent_at,
        delivered_at=page.delivered_at,
        answer=page.answer,
        answered_at=page.answered_at,
        eta_s=page.eta_s,
        building=alert.building,
        confidentiality=alert.confidentiality,
        updated_at=now,
    )


def webhook_body(alert: Alert, page: Page, message: Message, now: datetime, answer_url: str) -> dict[str, object]:
    """What a channel is given to say: the shape that receivers of webhook pages rely on."""
    return {
        "type": message.type.value,
        "page_id": str(page.page_id),
        "alert_id": str(alert.alert_id),
        "member_id": page.member_id,
        "step": page.step,
        "drill": alert.drill,
        "confidential": alert.confidential,
        "building": alert.building,
        "severity": alert.severity.value,
        "title": briefing.title(alert, message.type, page.language),
        "text": briefing.text(alert, message.type, page.language),
        "language": page.language.value,
        "hazards": briefing.hazards(alert, page.language),
        "meeting_point": briefing.meeting_point(alert, page.language),
        "sent_at": now.isoformat(),
        "answer_url": answer_url,
    }
