"""How much is measured: the sizes of the targets, a small share of them while one develops, or a million as well."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """`share` 1.0 measures at the sizes that the targets name; `full` adds what takes many minutes."""

    share: float = 1.0
    full: bool = False

    @property
    def whole(self) -> bool:
        """Whether the sizes are those of the targets, so that the result may be kept."""
        return self.share >= 1.0

    def of(self, count: int, least: int = 1) -> int:
        """This share of a count, rounded."""
        return max(least, round(count * min(self.share, 1.0)))
