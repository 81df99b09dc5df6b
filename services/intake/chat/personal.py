"""Finds in a text what would tell who wrote it, to warn the writer before it is sent. Pure."""

import re
from enum import StrEnum


class Trace(StrEnum):
    """What was found; the value is the message id of its name."""

    EMAIL = "an e-mail address"
    PHONE = "a telephone number"
    STUDENT = "a student or employee number"


# What comes before the @ is looked for from its beginning alone: from each of its letters took n * n steps.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<!\w)(?:\+|00|0)(?:[\s().-]?\d){8,13}(?!\w)")
_STUDENT = re.compile(r"(?<!\w)[smx]?\d{7}(?!\w)", re.IGNORECASE)


def traces(text: str) -> list[Trace]:
    """What a reader could recognise the writer by. Names cannot be found; the page asks to leave them out."""
    found = []
    if _EMAIL.search(text):
        found.append(Trace.EMAIL)
    if _PHONE.search(text):
        found.append(Trace.PHONE)
    if _STUDENT.search(_PHONE.sub(" ", text)):
        found.append(Trace.STUDENT)
    return found
