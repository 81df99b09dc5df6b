"""What is wrong with a campus file: where, what, and what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from shared.errors import Misconfigured

KNOWN_SHOWN = 20


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake; `line` counts from 1, `where` is the path in the file such as `buildings[3].buddies[0]`."""

    file: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        """The form that editors and terminals turn into a link."""
        place = f"{self.where}: " if self.where else ""
        return f"{self.file}:{self.line}: {place}{self.message}"


class CampusError(Misconfigured):
    """The file cannot be used; `problems` holds every mistake found, in order of file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems sorted as one reads the files."""
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def unknown(what: str, word: str, known: Iterable[str]) -> str:
    """Say that a word is not known, which are, and which of them was probably meant."""
    words = list(known)
    by_folded = {word.casefold(): word for word in words}
    near = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    shown = ", ".join(words[:KNOWN_SHOWN]) + (", ..." if len(words) > KNOWN_SHOWN else "")
    hint = f'; did you mean "{by_folded[near[0]]}"?' if near else ""
    return f'unknown {what} "{word}"; known: {shown or "none"}{hint}'
