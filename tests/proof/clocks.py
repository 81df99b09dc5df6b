"""A wall clock for each service that can jump while it runs: Debian's faketime, where it is installed."""

from pathlib import Path

LIBRARY = "libfaketimeMT.so.1"
LOOKS_EVERY_S = 1
SEEN_WITHIN_S = 2 * LOOKS_EVERY_S  # it counts whole seconds


def library() -> Path | None:
    """Where `apt install libfaketime` puts it; None where nobody did."""
    return next(iter(sorted(Path("/usr/lib").glob(f"*/faketime/{LIBRARY}"))), None)


def sweep() -> None:
    """Take away the shared memory that the library leaves behind for each process that was killed."""
    for left in Path("/dev/shm").glob("*faketime_s[eh]m_*"):
        if not Path("/proc", left.name.rpartition("_")[2]).exists():
            left.unlink(missing_ok=True)


class Clock:
    """The clock of one service: a file that says how far it is off. The monotonic clock stays true."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def environment(self) -> dict[str, str]:
        """What the service is started with; nothing where clocks cannot be moved. Sets the clock right."""
        if (found := library()) is None:
            return {}
        self.move(0)
        return {
            "LD_PRELOAD": str(found),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(LOOKS_EVERY_S),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def move(self, seconds: float) -> None:
        """So many seconds before (-) or after (+) the true time, within 2 s from now."""
        aside = self._file.with_suffix(".new")
        aside.write_text(f"{seconds:+.3f}\n")
        aside.rename(self._file)
