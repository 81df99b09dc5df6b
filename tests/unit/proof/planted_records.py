"""Violations of what is kept: topics, views, streams, ledgers, dead letters, audit, levels (C8 to C12)."""

from dataclasses import replace

from tests.unit.proof.clean import HEALED
from tests.unit.proof.edits import Edit, Lines, again, both, change, drop, swap
from tests.unit.proof.telling import FIRE, GENERAL

GHOST = {"table": "dead_letters", "topic": GENERAL, "partition": 4}


def levels(**to: object) -> Edit:
    """The levels stay so from half a minute after the healing on."""

    def edit(lines: Lines) -> Lines:
        return [
            replace(line, value={**line.value, **to}) if line.op == "level" and line.t > HEALED + 35 else line
            for line in lines
        ]

    return edit


def unlooked(lines: Lines) -> Lines:
    """Nobody looks at the levels in the end."""
    return [line for line in lines if line.op != "level" or line.t < HEALED]


EDITS = {
    "a view of an alert that is a version behind":
        ("C8", change("row", to={"version": 2}, table="view_alerts", alert_id="alert-a")),
    "a view of a page with another answer":
        ("C8", change("row", to={"answer": None}, table="view_pages", page_id="page-a-bert")),
    "a view of an incident in another building":
        ("C8", change("row", to={"building": "H77"}, table="view_incidents", incident_id="incident-v1")),
    "a page that is in no view": ("C8", drop("row", table="view_pages", page_id="page-a-bert")),
    "an unknown report that landed and is in no view":
        ("C8", drop("row", table="view_incidents", incident_id="incident-u")),
    "an incident in the views that no topic tells of":
        ("C8", again("row", to={"incident_id": "incident-0"}, table="view_incidents", incident_id="incident-v1")),
    "a change of an alert that never left alerting":
        ("C8", change("row", to={"version": 9}, table="alerts", alert_id="alert-a")),
    "a version of an alert that never came on the topic":
        ("C8", drop("record", alert_id="alert-b", version=2, step=1, state="paging")),
    "a version of a page that never came on the topic":
        ("C8", drop("record", page_id="page-a-bert", version=2)),
    "one version that tells two things":
        ("C8", again("record", to={"state": "staffed"}, alert_id="alert-a", version=1, state="paging")),
    "an alert that took up an incident which nobody reported":
        ("C8", change("record", to={"incident_ids": ["incident-a", "incident-0"]}, alert_id="alert-a", version=2,
                      state="paging")),
    "reports of one building in another order than they were acknowledged":
        ("C8", swap("record", "offset", {"external_id": "a"}, {"external_id": "g"})),
    "a stream that goes back": ("C8", change("stream", "stream-1", {"revision": 11}, revision=12)),
    "a stream that tells something twice": ("C8", again("stream", "stream-1", revision=13)),
    "a stream that goes on from before where its reader was":
        ("C8", change("stream", "stream-2", {"revision": 13}, revision=14)),
    "an older version of an alert after a newer one":
        ("C8", change("stream", "stream-1", {"version": 5}, revision=12)),
    "a rebuild that differs": ("C9", change("rebuild", to={"differences": {"alerts": 2}})),
    "a rebuild that read nothing": ("C9", change("rebuild", to={"records": 0})),
    "no rebuild": ("C9", drop("rebuild")),
    "a record that a ledger missed":
        ("C10", change("row", to={"missing": 1}, table="ledger", consumer="alerting-b", topic=FIRE, partition=0)),
    "a consumer that is not at the end":
        ("C10", change("row", to={"next_offset": 2}, table="ledger", consumer="reporting", topic=GENERAL)),
    "a partition that a consumer never saw": ("C10", drop("row", table="ledger", consumer="alerting-a", topic=GENERAL)),
    "a service without a ledger": ("C10", drop("row", table="ledger", service="reporting")),
    "a poison that one service did not bury": ("C10", drop("row", table="dead_letters", service="reporting")),
    "a poison that is not on the topic of dead letters": ("C10", drop("record", topic=f"{FIRE}.dead")),
    "a dead letter that nobody injected":
        ("C10", again("row", to={"offset": 1}, table="dead_letters", service="alerting")),
    "two dead letters where one poison may have landed":
        ("C10", both(again("row", to=GHOST, table="dead_letters", service="alerting"),
                     again("row", to={**GHOST, "offset": 2}, table="dead_letters", service="alerting", topic=FIRE))),
    "a line of the audit log that was changed": ("C11", change("audit", to={"mac": "mac-0"}, seq=2)),
    "a line of the audit log that is gone": ("C11", drop("audit", seq=2)),
    "an outbox that never empties": ("C12", levels(outbox=4)),
    "a lag that stays": ("C12", levels(lag=1)),
    "a spool that stays": ("C12", levels(spool=2)),
    "pages that stay overdue": ("C12", levels(overdue=1)),
    "a database that could not be asked after all was healed": ("C12", levels(outbox=None, overdue=None)),
    "a service that is not ready after all was healed": ("C12", levels(ready={"alerting-a": False})),
    "levels that nobody looked at in the end": ("C12", unlooked),
}  # fmt: skip
