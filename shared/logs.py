"""What a process logs: one line an event, and of what a library says again and again one line in five seconds."""

import logging
from collections.abc import Callable

from shared import clock

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
NOISY = ("aiokafka", "uvicorn.error", "httpx", "httpcore")
REPEATING = ("aiokafka",)  # while no broker answers it tries and logs up to 700 times a second
SELDOM_S = 5.0


class Seldom(logging.Filter):
    """Lets a message of some loggers through once in `seconds`, with how many like it were left out before.

    Alike are messages of one logger and one template, whatever the values in it.
    """

    def __init__(
        self, loggers: tuple[str, ...], seconds: float = SELDOM_S, now: Callable[[], float] = clock.monotonic
    ) -> None:
        super().__init__()
        self._now = now
        self._loggers = loggers
        self._seconds = seconds
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """False for what was said a moment ago."""
        if record.name.partition(".")[0] not in self._loggers:
            return True
        key, now = (record.name, str(record.msg)), self._now()
        at, left_out = self._said.get(key, (now - self._seconds, 0))
        if now - at < self._seconds:
            self._said[key] = at, left_out + 1
            return False
        self._said[key] = now, 0
        if left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out} more like it)", None
        return True


def set_up(level: str) -> None:
    """For a whole process, once."""
    logging.basicConfig(level=level, format=FORMAT)
    for handler in logging.getLogger().handlers:
        handler.addFilter(Seldom(REPEATING))
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))
