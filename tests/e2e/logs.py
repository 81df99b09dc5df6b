"""Reads what the services logged: whatever is an error and was not expected fails the story."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

BEGIN = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:)", re.MULTILINE)
BAD = re.compile(r"\A\S+ \S+ (ERROR|CRITICAL) |^Traceback |^Fatal Python error", re.MULTILINE)


class Logs:
    """The log files of all services, from a mark on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._marks: dict[Path, int] = {}
        self._expected: list[re.Pattern[str]] = []

    def mark(self) -> None:
        """From here on counts; nothing is expected any more."""
        self._marks = {file: file.stat().st_size for file in self._files()}
        self._expected = []

    def expect(self, patterns: Iterable[str]) -> None:
        """Bad entries that one of these regular expressions finds are part of the story."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    def unexpected(self) -> list[str]:
        """Entries since the mark that tell of an error (a traceback at any level does) and that nobody expected."""
        return [
            f"{file.stem}: {entry}"
            for file in self._files()
            for entry in self._new_entries(file)
            if BAD.search(entry) and not any(pattern.search(entry) for pattern in self._expected)
        ]

    def _files(self) -> Sequence[Path]:
        return sorted(self._folder.glob("*.log"))

    def _new_entries(self, file: Path) -> list[str]:
        """Each with the lines that belong to it."""
        with file.open("rb") as log:
            log.seek(self._marks.get(file, 0))
            return BEGIN.split(log.read().decode(errors="replace"))
