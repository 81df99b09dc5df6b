"""The names that one part of a campus file may use of another: building codes and team ids."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.campus.cursor import Cursor
from shared.campus.problems import unknown
from shared.campus.vocabulary import TeamWord
from shared.phrase import Phrase

CODE = r"[A-Z0-9][A-Z0-9_-]{0,31}"
TEAM_ID = r"[a-z0-9][a-z0-9_-]{1,47}"
ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
BHV_PREFIX = "bhv-"


@dataclass(frozen=True, slots=True)
class Names:
    """Every building code and every named team; the BHV teams follow from the buildings."""

    codes: tuple[str, ...]
    named_teams: tuple[str, ...]

    @property
    def teams(self) -> tuple[str, ...]:
        """Every team id there is."""
        return (*self.named_teams, *(BHV_PREFIX + code.lower() for code in self.codes))

    def building(self, place: Cursor) -> str:
        """The code written here, in capitals or not."""
        code = place.scalar("a building code").upper()
        if code and code not in self.codes:
            place.fail(unknown("building", code, self.codes))
        return code

    def team(self, place: Cursor) -> str:
        """The team id written here."""
        return self._team(place, self.teams)

    def step_team(self, place: Cursor) -> str:
        """The team id or the word bhv, buddy or buddies written here."""
        return self._team(place, (*TeamWord, *self.teams))

    def _team(self, place: Cursor, known: tuple[str, ...]) -> str:
        team = place.scalar("a team")
        if team and team not in known and team.upper() in self.codes:
            place.fail(f'"{team}" is a building; its team is "{BHV_PREFIX}{team.lower()}"')
        elif team and team not in known:
            place.fail(unknown("team", team, known))
        return team


def peek(places: Iterable[Cursor], key: str) -> tuple[str, ...]:
    """What stands under one key of each mapping, before anything is checked."""
    quiet = (Cursor(place.file, place.node, []).record((), (key,))[key] for place in places)
    return tuple(word for word in (place.text() for place in quiet) if word)


def unique(places: Iterable[Cursor], what: str) -> None:
    """Note every value that stands in the file for the second time."""
    first: dict[str, Cursor] = {}
    for place in places:
        value = Cursor(place.file, place.node, []).text()
        earlier = first.setdefault(value, place)
        if value and earlier is not place:
            place.fail(f'{what} "{value}" is already used at {earlier.file}:{earlier.line}; choose another')


def bilingual(place: Cursor) -> Phrase:
    """`{nl: ..., en: ...}`, or one text that is the same in both languages."""
    if place.is_mapping:
        both = place.record(("nl", "en"))
        return Phrase(both["nl"].text(), both["en"].text())
    text = place.scalar("a text, or {nl: ..., en: ...}")
    return Phrase(text, text)
