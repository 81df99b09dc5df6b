"""What the run tells on the terminal: a line a step with the time since the start, and warnings of the services."""

import asyncio
import re
import time
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

COLOURS = {"intake": "cyan", "alerting": "magenta", "reporting": "green", "scenario": "blue"}
ESSENTIAL = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b")
EVERY = re.compile("")
LINES_A_LOOK = 3  # of one log; the file has them all
LOOK_S = 0.5


class Progress:
    """Lines with elapsed seconds; on a terminal in colour."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._began = time.monotonic()

    def say(self, line: str, style: str = "") -> None:
        """One line of progress."""
        elapsed = Text(f"{time.monotonic() - self._began:7.1f} s  ", style="dim")
        self._console.print(elapsed + Text(line, style=style), soft_wrap=True)

    def log_line(self, name: str, line: str) -> None:
        """One essential line of a service, under its name."""
        colour = COLOURS.get(name.partition(" ")[0], "white")
        self._console.print(Text(f"{name:>9}  ", style=colour) + Text(line), soft_wrap=True)

    def table(self, title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        """A small table, never cut, however narrow the terminal: passwords and keys must be readable."""
        columns = (Column(cells[0], min_width=max(map(len, cells))) for cells in zip(head, *rows, strict=True))
        table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 3, 0, 0))
        for row in rows:
            table.add_row(*(Text(cell, no_wrap=True, overflow="ignore") for cell in row))
        self._console.print(table, soft_wrap=True)

    def blank(self) -> None:
        """An empty line."""
        self._console.print()

    async def follow(self, name: str, log: Path, shown: re.Pattern[str]) -> None:
        """Show the lines of a kind that are appended to a log from now on, for ever."""
        seen = _size(log)
        while True:
            await asyncio.sleep(LOOK_S)
            text, seen = _appended(log, seen)
            lines = [line for line in text.splitlines() if shown.search(line)]
            for line in lines[:LINES_A_LOOK]:
                self.log_line(name, line)
            if len(lines) > LINES_A_LOOK:
                self.log_line(name, f"... {len(lines) - LINES_A_LOOK} more in {log}")


def _size(log: Path) -> int:
    """Bytes written so far."""
    return log.stat().st_size if log.exists() else 0


def _appended(log: Path, seen: int) -> tuple[str, int]:
    """What was written after the first `seen` bytes, and how many there are now."""
    if not log.exists():
        return "", seen
    with log.open("rb") as file:
        file.seek(seen)
        new = file.read()
    return new.decode(errors="replace"), seen + len(new)
