"""Server-sent events as the live stream sends them."""

import json
from dataclasses import dataclass
from datetime import datetime

from services.reporting.read_changes import Picture, View, is_confidential
from services.reporting.views import AlertItem, IncidentView, PageView


@dataclass(frozen=True, slots=True)
class Message:
    """One event; `revision` becomes its id. Encoded once, whoever reads it."""

    event: str
    revision: int
    data: str
    confidential: bool = False

    @classmethod
    def snapshot(cls, seen: Picture) -> "Message":
        """The whole picture; a reader replaces all he has."""
        lists = {"alerts": seen.alerts, "pages": seen.pages, "incidents": seen.incidents}
        parts = [f'"{name}":[{",".join(v.model_dump_json() for v in views)}]' for name, views in lists.items()]
        return cls("snapshot", seen.revision, f'{{"revision":{seen.revision},{",".join(parts)}}}')

    def encode(self) -> bytes:
        """The wire form; JSON has no line breaks."""
        return f"id: {self.revision}\nevent: {self.event}\ndata: {self.data}\n\n".encode()


def tick(now: datetime) -> bytes:
    """The server's time: a stream that is silent for 25 s is broken. Without an id, so that it moves nobody on."""
    return f"event: tick\ndata: {json.dumps({'time': now.isoformat()})}\n\n".encode()


def message_of(view: View) -> Message:
    """The event of a changed row."""
    match view:
        case IncidentView():
            name = "incident"
        case AlertItem():
            name = "alert"
        case PageView():
            name = "page"
    return Message(name, view.revision, view.model_dump_json(), is_confidential(view))
