"""Tells a history as a run would write it: clients as they act, topics and tables as they are read back."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from tests.proof.checker.readback import ALERT, PAGE
from tests.proof.history import How, Line

T0, WALL = 1_000.0, 1_790_000_000.0
INCIDENT = "nl.meldkamer.incident.reported.v1"
FIRE, GENERAL = "incidents.fire", "incidents.general"
CONSUMERS = {"alerting-a": "alerting", "alerting-b": "alerting", "reporting": "reporting"}
INCIDENTS = {"incidents.fire", "incidents.general"}


def wall(t: float) -> float:
    """The wall clock at a time of the run."""
    return WALL + t - T0


def at(t: float) -> str:
    """The same as events carry it."""
    return datetime.fromtimestamp(wall(t), UTC).isoformat()


class Telling:
    """Lines in the order in which they are told; `history` puts those of the run in the order of time."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.last: dict[str, dict[str, dict[str, Any]]] = {"alerts": {}, "pages": {}, "incidents": {}}
        self._offsets: dict[tuple[str, int], int] = defaultdict(int)

    def say(self, t: float, who: str, op: str, how: How, /, id: str = "", **value: Any) -> None:
        """One line."""
        self.lines.append(Line(t, who, op, how, id, value))

    def back(self, op: str, **value: Any) -> None:
        """One line that was read back."""
        self.say(1_270.0, "readback", op, How.INFO, **value)

    def report(
        self, name: str, t: float, how: How = How.OK, took: float = 0.02, expects: str = "page", **value: Any
    ) -> None:
        """A source says something and hears what became of it."""
        told = {"incident_id": f"incident-{name}", **value} if how is How.OK else value
        self.say(t, "sender-1", "report", How.INVOKE, name, building="H01", kind="fire.alarm", expects=expects)
        self.say(t + took, "sender-1", "report", how, name, **told)

    def incident(self, name: str, t: float, topic: str = FIRE, partition: int = 0, building: str = "H01") -> None:
        """It is on its topic and in the views."""
        what = {"incident_id": f"incident-{name}", "external_id": name, "building": building}
        self.record(topic, partition, t, INCIDENT, **what)
        self.last["incidents"].setdefault(f"incident-{name}", what)

    def record(self, topic: str, partition: int, t: float, type_: str | None, **value: Any) -> int:
        """One record more of a partition; its offset."""
        offset = self._offsets[topic, partition]
        self._offsets[topic, partition] += 1
        self.back("record", topic=topic, partition=partition, offset=offset, stamp_ms=int(wall(t) * 1000), type=type_,
                  event_id=f"{topic}-{partition}-{offset}", **value)  # fmt: skip
        return offset

    def message(
        self, t: float, page: str, alert: str, step: int, type_: str = "page", n: int = 1, answered: object = 204
    ) -> None:
        """Something comes at the phone of a member; a page is named `page-<alert>-<member>`."""
        key = f"{page}:{type_}" if n == 1 else f"{page}:{type_}:{n}"
        self.say(t, "phone", "message", How.INFO, key, type=type_, page_id=page, alert_id=alert,
                 member=page.rpartition("-")[2], step=step, drill=False, building="H01", answered=answered)  # fmt: skip

    def answer(self, t: float, page: str, answer: str, how: How = How.OK, took: float = 0.01, **value: Any) -> None:
        """A member answers."""
        who, id_ = f"phone-{page.rpartition('-')[2]}", f"{page}:{answer}:{t}"
        self.say(t, who, "answer", How.INVOKE, id_, page_id=page, answer=answer)
        self.say(t + took, who, "answer", how, id_, **value)

    def close(self, t: float, alert: str) -> None:
        """An operator closes an alert."""
        self.say(t, "operator", "close", How.INVOKE, f"close-{alert}", alert_id=alert)
        self.say(t + 0.01, "operator", "close", How.OK, f"close-{alert}")

    def fault(self, id_: str, kind: str, target: str, begin: float, end: float) -> None:
        """A fault, and when what it hit was ready again."""
        text = f"{kind} {target}"
        self.say(begin, "faults", "fault", How.INVOKE, id_, kind=kind, target=target, seconds=end - begin, text=text)
        self.say(end, "faults", "fault", How.OK, id_)

    def tables(self) -> None:
        """The tables and ledgers as they follow from what is on the topics."""
        for incident in self.last["incidents"].values():
            self.back("row", table="view_incidents", incident_id=incident["incident_id"],
                      building=incident["building"], alert_id=None)  # fmt: skip
        for table in ("alerts", "pages"):
            for row in self.last[table].values():
                self.back("row", table=f"view_{table}", **row)
                self.back("row", table=table, **row)
        for consumer, service in CONSUMERS.items():
            for (topic, partition), end in self._offsets.items():
                if not topic.endswith(".dead") and (topic in INCIDENTS or service == "reporting"):
                    self.back("row", table="ledger", service=service, consumer=consumer, topic=topic,
                              partition=partition, first_offset=0, next_offset=end, missing=0)  # fmt: skip

    def history(self) -> list[Line]:
        """All lines: the run in the order of time, then what was read back."""
        run = sorted((line for line in self.lines if line.who != "readback"), key=lambda line: line.t)
        return run + [line for line in self.lines if line.who == "readback"]


class Alert:
    """Tells one alert: its versions, its pages and what comes at the phones. `needed` people, one of them a lead."""

    def __init__(self, telling: Telling, name: str, needed: int) -> None:
        self.id, self._telling, self._needed = f"alert-{name}", telling, {"total": needed, "lead": 1}
        self._version = self._seq = 0
        self._incidents: list[str] = []
        self._pages: dict[str, dict[str, Any]] = {}

    def page_of(self, member: str) -> str:
        """The id of a member's page."""
        return f"page-{self.id.removeprefix('alert-')}-{member}"

    def version(
        self, t: float, state: str, step: int, *lines: tuple[str, str, str], coming: int = 0,
        deadline: float | None = None, incident: str | None = None, lag: float = 0.01,
    ) -> None:  # fmt: skip
        """A decision at `t`, relayed `lag` later; lines are (event, reason, cause)."""
        self._version += 1
        self._incidents += [f"incident-{incident}"] if incident else []
        timeline = []
        for event, reason, cause in lines:
            self._seq += 1
            timeline.append({"seq": self._seq, "at": at(t), "event": event, "reason": reason, "cause": cause})
        row = {"alert_id": self.id, "version": self._version, "state": state, "step": step}
        self._telling.record(
            "alerts", 0, t + lag, ALERT, **row, needed=self._needed, coming={"total": coming, "lead": min(coming, 1)},
            incident_ids=list(self._incidents), opened_at=at(t), timeline=timeline,
            next_step_at=None if deadline is None else at(deadline),
        )  # fmt: skip
        self._telling.last["alerts"][self.id] = row

    def page(self, t: float, member: str, step: int, lead: bool = True, heard: float = 0.04) -> None:
        """A member is called at `t`; his phone rings `heard` later and takes it."""
        page = self.page_of(member)
        functions = ["lead"] if lead else []
        self._pages[page] = {"page_id": page, "alert_id": self.id, "version": 0, "state": "sending", "answer": None,
                             "member_id": member, "step": step, "functions": functions}  # fmt: skip
        self.told(t, member)
        self._telling.message(t + heard, page, self.id, step)
        self.told(t + heard + 0.01, member, state="delivered")

    def told(self, t: float, member: str, **changed: Any) -> None:
        """The next version of a member's page."""
        page = self._pages[self.page_of(member)]
        page |= {**changed, "version": page["version"] + 1}
        self._telling.record("pages", 0, t, PAGE, **page)
        row = {name: page[name] for name in ("page_id", "version", "state", "answer")}
        self._telling.last["pages"][page["page_id"]] = row

    def says(self, t: float, member: str, answer: str) -> str:
        """A member answers, and it is recorded; the cause that its lines name."""
        self._telling.answer(t, self.page_of(member), answer)
        self.told(t + 0.005, member, answer=answer)
        return f"answer:{self.page_of(member)}"

    def stand_down(self, t: float, member: str) -> None:
        """A member need not come."""
        page = self._pages[self.page_of(member)]
        self.told(t, member, state="stood_down")
        self._telling.message(t + 0.03, page["page_id"], self.id, page["step"], "stand_down")

    def close(self, t: float, step: int) -> None:
        """An operator ends it."""
        self._telling.close(t, self.id)
        self.version(t + 0.005, "closed", step, ("closed", "closed", "operator:anna"))
