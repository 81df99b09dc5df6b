"""The small words of timeline sentences."""

from collections.abc import Collection, Iterable

from services.alerting.core.facts import TOTAL
from services.alerting.core.model import Page

_NAMED = 5


def people(n: int) -> str:
    """`1 person`, `4 people`."""
    return "1 person" if n == 1 else f"{n} people"


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *head, last = words
    return f"{', '.join(head)} and {last}" if head else last


def names(pages: Collection[Page]) -> str:
    """The members by name, the many by number."""
    named = [page.name for page in list(pages)[:_NAMED]]
    more = len(pages) - len(named)
    return listed([*named, f"{more} more"] if more else named)


def needed_word(key: str) -> str:
    """`responders`, or the function in words."""
    return "responders" if key == TOTAL else key.replace("_", " ")


def are(n: int) -> str:
    """The verb that fits the number."""
    return "is" if n == 1 else "are"
