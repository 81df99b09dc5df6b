"""What the chat's page sent, and what is not right with it. Pure."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.chat import personal, sealing
from services.intake.chat.personal import Trace
from services.intake.fields import Fields, first
from shared.campus import Campus

LONGEST = 10_000
STALE = "This page is out of date. Start again; a conversation you have a number for is still there."
EMPTY = "Write something first."
TOO_LONG = "This is too long: at most 10,000 characters. Send the rest as a second message."
NOT_A_RECEIPT = "A number has 16 digits."


class NotYet(Exception):
    """It cannot be sent like this; the text is the message for people, `traces` what the writer should look at."""

    def __init__(self, message: str, traces: tuple[Trace, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.traces = traces


@dataclass(frozen=True, slots=True)
class Start:
    """A first message."""

    start_id: UUID
    text: str
    building: str | None


@dataclass(frozen=True, slots=True)
class More:
    """A further message."""

    receipt: str
    message_id: UUID
    text: str


def start(fields: Fields, campus: Campus) -> Start:
    """Raises NotYet."""
    building = campus.building(first(fields, "building")) if first(fields, "building") else None
    return Start(_id(fields, "start_id"), _text(fields), building.code if building else None)


def more(fields: Fields) -> More:
    """Raises NotYet."""
    return More(receipt(fields), _id(fields, "message_id"), _text(fields))


def receipt(fields: Fields) -> str:
    """The 16 digits, typed in any grouping. Raises NotYet."""
    found = sealing.typed(first(fields, "receipt"))
    if found is None:
        raise NotYet(NOT_A_RECEIPT)
    return found


def message(fields: Fields) -> tuple[UUID, str]:
    """An adviser's answer. Raises NotYet."""
    text = _checked(first(fields, "text"))
    return _id(fields, "message_id"), text


def _text(fields: Fields) -> str:
    """The writer is warned once; `sure` says that it was read."""
    text = _checked(first(fields, "text"))
    traces = tuple(personal.traces(text))
    if traces and not first(fields, "sure"):
        raise NotYet("", traces)
    return text


def _checked(text: str) -> str:
    if not text:
        raise NotYet(EMPTY)
    if len(text) > LONGEST:
        raise NotYet(TOO_LONG)
    return text


def _id(fields: Fields, name: str) -> UUID:
    try:
        return UUID(first(fields, name))
    except ValueError:
        raise NotYet(STALE) from None
