"""Who may see what in the views: confidential rows are for confidential advisers and admins alone."""

from shared.auth import Person
from shared.words import Role

CONFIDENTIAL = frozenset({Role.ADVISER, Role.ADMIN})


def sees_all(person: Person) -> bool:
    """True when confidential rows are not withheld from this person."""
    return person.role in CONFIDENTIAL
