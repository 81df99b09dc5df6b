"""Reads what the services logged: whatever is an error and was not expected fails the story."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

BAD = re.compile(r" (ERROR|CRITICAL) |^Traceback |^Fatal Python error")


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
        """Bad lines that one of these regular expressions finds are part of the story."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    def unexpected(self) -> list[str]:
        """Bad lines since the mark that nobody expected, each with its service."""
        return [
            f"{file.stem}: {line}"
            for file in self._files()
            for line in self._new_lines(file)
            if BAD.search(line) and not any(pattern.search(line) for pattern in self._expected)
        ]

    def said(self, service: str, pattern: str) -> bool:
        """Whether a service has logged this since the mark."""
        return any(re.search(pattern, line) for line in self._new_lines(self._folder / f"{service}.log"))

    def _files(self) -> Sequence[Path]:
        return sorted(self._folder.glob("*.log"))

    def _new_lines(self, file: Path) -> list[str]:
        with file.open("rb") as log:
            log.seek(self._marks.get(file, 0))
            return log.read().decode(errors="replace").splitlines()
