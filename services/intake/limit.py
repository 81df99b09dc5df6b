"""How often something may happen, for everybody together: no address of a person is looked at."""

from dataclasses import dataclass, field


@dataclass
class Limit:
    """So many a minute, and as many at once after a quiet minute."""

    per_minute: float
    _left: float = field(init=False)
    _at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._left = self.per_minute

    def take(self, now: float) -> bool:
        """True when one more may happen at this moment, in monotonic seconds."""
        since = 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        self._left = min(self.per_minute, self._left + since * self.per_minute / 60)
        if self._left < 1:
            return False
        self._left -= 1
        return True
