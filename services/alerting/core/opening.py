"""The alert that an incident opens, its facts frozen."""

from datetime import datetime

from services.alerting.core.facts import Frozen, Plan
from services.alerting.core.incidents import joined_incident, place_of
from services.alerting.core.model import Alert
from services.alerting.core.scene import Scene
from services.alerting.core.steps import teams_of
from shared import ids, titles
from shared.events import IncidentReported


def open_alert(scene: Scene, plan: Plan, incident: IncidentReported, now: datetime) -> Alert:
    """The alert before its first step: everybody the plan could page is on its roster as present now.

    The words of a confidential incident stay with it: its alert says only what kind it is and where.
    """
    code = incident.location.building
    facts = scene.buildings.get(code) if code else None
    buddies = facts.buddies if facts else ()
    teams = dict.fromkeys(team for step in plan.steps for team in teams_of(step, code, buddies))
    return Alert(
        alert_id=ids.alert_id(incident.incident_id, plan.id),
        frozen=Frozen(plan, facts, {team: scene.roster[team] for team in teams if team in scene.roster}),
        kind=incident.kind,
        building=code,
        severity=incident.severity,
        title=titles.KINDS[incident.kind].en if incident.confidential or not incident.title else incident.title,
        text="" if incident.confidential else incident.text,
        drill=incident.drill,
        confidentiality=incident.confidentiality,
        opened_at=now,
        updated_at=now,
        alarmed_at=now,
        incidents=(joined_incident(incident),),
        incident_ids=(incident.incident_id,),
        places=(place_of(incident),),
    )
