"""From an Alertmanager notification to incidents: labels say where and how bad, a resolved alert clears its own."""

import hashlib
from collections.abc import Iterator

from pydantic import JsonValue

from services.intake.kinds import DEFAULTS, confidentiality_of, urgency_of
from services.intake.models import AlertmanagerNotification, AlertStatus, PrometheusAlert
from services.intake.reception import Reception, extras
from shared import titles
from shared.events import IncidentReported, Source
from shared.words import Certainty, Confidentiality, Kind, Severity

LONGEST_TITLE = 500
LONGEST_GROUP = 500
SEVERITIES = {"critical": Severity.EXTREME, "warning": Severity.SEVERE}


def alerts(notification: AlertmanagerNotification, reception: Reception) -> Iterator[IncidentReported]:
    """One incident for each alert, in order, each made when it is its turn."""
    return (_alert(alert, notification, reception) for alert in notification.alerts)


def _alert(alert: PrometheusAlert, notification: AlertmanagerNotification, reception: Reception) -> IncidentReported:
    resolved = alert.status is AlertStatus.RESOLVED
    kind = _kind(alert.labels.get("kind", ""))
    severity = Severity.MINOR if resolved else SEVERITIES.get(alert.labels.get("severity", "").lower(), Severity.MINOR)
    fingerprint = alert.fingerprint or _fingerprint(alert.labels)
    key = f"alertmanager:{reception.source}:{fingerprint}"
    started = alert.startsAt.isoformat() if alert.startsAt else ""
    occurred_at = (alert.endsAt if resolved else alert.startsAt) or reception.now
    external_id = f"{fingerprint}:{started}:{alert.status}"
    return IncidentReported(
        incident_id=reception.id_of(external_id),
        kind=kind,
        category=DEFAULTS[kind].category,
        severity=severity,
        urgency=urgency_of(severity),
        certainty=Certainty.OBSERVED,
        occurred_at=occurred_at,
        received_at=reception.now,
        location=reception.place(
            alert.labels.get("building"), alert.labels.get("zone"), alert.labels.get("floor"), alert.labels.get("room")
        ),
        source=Source(system=reception.source, device=alert.labels.get("instance"), external_id=external_id),
        title=_title(alert, reception),
        text=alert.annotations.get("description", ""),
        details=_details(alert, notification) | extras(alert, occurred_at, reception.now, late_is_wrong=False),
        confidentiality=confidentiality_of(kind, _said(alert.labels.get("confidentiality", ""))),
        dedup_key=None if resolved else key,
        clears=key if resolved else None,
    )


def _kind(label: str) -> Kind:
    """An alert is not refused for a label that is no kind: Alertmanager would not send it again."""
    label = label.lower()
    return Kind(label) if label in tuple(Kind) else Kind.OTHER


def _said(label: str) -> Confidentiality | None:
    """A label makes an alert confidential; no label makes it open to more people than it was."""
    return Confidentiality.CONFIDENTIAL if label.lower() == Confidentiality.CONFIDENTIAL else None


def _title(alert: PrometheusAlert, reception: Reception) -> str:
    words = alert.annotations.get("summary") or alert.labels.get("alertname")
    title = words or reception.title(titles.KINDS[_kind(alert.labels.get("kind", ""))])
    told = f"{reception.title(titles.RESOLVED)}: {title}" if alert.status is AlertStatus.RESOLVED else title
    return told[:LONGEST_TITLE]


def _details(alert: PrometheusAlert, notification: AlertmanagerNotification) -> dict[str, JsonValue]:
    return {
        "status": alert.status.value,
        "labels": {**alert.labels},
        "annotations": {**alert.annotations},
        "generator_url": alert.generatorURL,
        "group_key": notification.groupKey and notification.groupKey[:LONGEST_GROUP],  # copied into each
    }


def _fingerprint(labels: dict[str, str]) -> str:
    """As good as Alertmanager's own: the labels are the alert's identity."""
    return hashlib.sha256("\x1f".join(f"{k}\x1e{v}" for k, v in sorted(labels.items())).encode()).hexdigest()[:16]
