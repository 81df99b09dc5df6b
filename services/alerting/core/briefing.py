"""What a responder must know before he goes: what, where, hazards, meeting point, in his language."""

from collections.abc import Iterator

from services.alerting.core.model import Alert, Place
from shared import titles
from shared.phrase import Phrase
from shared.words import Language, MessageType

_DRILL = Phrase("OEFENING", "DRILL")
_OPENINGS = {
    MessageType.PAGE: Phrase("", ""),
    MessageType.UPDATE: Phrase("Wijziging", "Update"),
    MessageType.STAND_DOWN: Phrase("Niet meer nodig", "Stand down"),
    MessageType.RESTORED: Phrase("Hersteld", "Restored"),
}
_ADVICE = {
    MessageType.PAGE: Phrase("Kom je?", "Are you coming?"),
    MessageType.UPDATE: Phrase("De melding is gewijzigd.", "The alert has changed."),
    MessageType.STAND_DOWN: Phrase("Je hoeft niet (meer) te komen.", "You need not come (any more)."),
    MessageType.RESTORED: Phrase("De melding is hersteld.", "The alarm has been restored."),
}
_ZONE, _FLOOR, _ROOM = Phrase("zone", "zone"), Phrase("verdieping", "floor"), Phrase("ruimte", "room")
_HAZARDS, _MEETING = Phrase("Gevaren", "Hazards"), Phrase("Verzamelpunt", "Meeting point")
_MORE = Phrase("en nog {n} plaatsen", "and {n} more places")
_ALSO = Phrase("Ook", "Also")
_TOLD_PLACES = 5
_NEWEST_KINDS = 2  # that the title names beside the first


def what(alert: Alert, language: Language) -> str:
    """What happened, in a few words: the first kind, and the newest of those that joined it."""
    kinds = (alert.kind, *alert.more_kinds[-_NEWEST_KINDS:])
    return " + ".join(titles.KINDS[kind].read_in(language) for kind in kinds)


def title(alert: Alert, type_: MessageType, language: Language) -> str:
    """What and where in a few words; a drill says so first."""
    drill = _DRILL.read_in(language) if alert.drill else ""
    return _joined(": ", drill, _OPENINGS[type_].read_in(language), _subject(alert, language))


def own_title(alert: Alert, language: Language) -> str:
    """What its source said that happened; empty when that is no more than the kind."""
    said = titles.read_in(alert.title, language)
    return "" if said == titles.KINDS[alert.kind].read_in(language) else said


def own_text(alert: Alert) -> str:
    """What its source said of it; empty when that is the title once more."""
    return "" if alert.text == alert.title else alert.text


def text(alert: Alert, type_: MessageType, language: Language) -> str:
    """The whole of it in sentences: first what to do, then the source's own words, where, and how to stay safe."""
    said = (own_title(alert, language), _also(alert, language), own_text(alert), _where(alert, language))
    told = dict.fromkeys(filter(None, said))
    sentences = [_ADVICE[type_].read_in(language), *map(_sentence, told)]
    if type_ in {MessageType.PAGE, MessageType.UPDATE}:
        sentences += _safety(alert, language)
    return " ".join(sentences)


def hazards(alert: Alert, language: Language) -> list[str]:
    """Those of the rooms concerned; of the whole building while some place has no room, or one that is not listed."""
    facts = alert.frozen.building
    if facts is None:
        return []
    listed = {room: _spelled(room) for room in facts.hazards}
    concerned = {_spelled(room or "") for room in {place.room for place in alert.places}}
    everywhere = not concerned or not concerned.issubset(listed.values())
    return [
        f"{room}: {hazard.read_in(language)}"
        for room, found in facts.hazards.items()
        if everywhere or listed[room] in concerned
        for hazard in found
    ]


def meeting_point(alert: Alert, language: Language) -> str:
    """Where responders gather; empty when the building has none."""
    facts = alert.frozen.building
    return facts.meeting_point.read_in(language) if facts else ""


def _spelled(room: str) -> str:
    """A room by its letters: sources write it in capitals or not."""
    return room.strip().casefold()


def _safety(alert: Alert, language: Language) -> Iterator[str]:
    if found := hazards(alert, language):
        yield _sentence(f"{_HAZARDS.read_in(language)}: {'; '.join(found)}")
    if point := meeting_point(alert, language):
        yield _sentence(f"{_MEETING.read_in(language)}: {point}")


def _subject(alert: Alert, language: Language) -> str:
    return _joined(", ", what(alert, language), _building(alert, language))


def _also(alert: Alert, language: Language) -> str:
    more = ", ".join(titles.KINDS[kind].read_in(language) for kind in alert.more_kinds)
    return f"{_ALSO.read_in(language)}: {more}" if more else ""


def _where(alert: Alert, language: Language) -> str:
    return _joined(", ", _building(alert, language), _places(alert, language))


def _building(alert: Alert, language: Language) -> str | None:
    facts = alert.frozen.building
    return facts.name.read_in(language) if facts else alert.building


def _joined(between: str, *words: str | None) -> str:
    return between.join(word for word in words if word)


def _places(alert: Alert, language: Language) -> str:
    places = [place for place in alert.places if place.zone or place.floor or place.room]
    told = "; ".join(_place(place, language) for place in places[:_TOLD_PLACES])
    more = len(places) - _TOLD_PLACES
    return f"{told} {_MORE.read_in(language).format(n=more)}" if more > 0 else told


def _place(place: Place, language: Language) -> str:
    words = ((_ZONE, place.zone), (_FLOOR, place.floor), (_ROOM, place.room))
    return ", ".join(f"{word.read_in(language)} {value}" for word, value in words if value)


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."
