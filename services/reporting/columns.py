"""Values as PostgreSQL can keep them: its text and jsonb cannot hold U+0000, which a machine's text may."""

import json


def as_json(value: object) -> str:
    """A jsonb column's text."""
    return json.dumps(value).replace("\\u0000", "\\ufffd")


def plain(text: str) -> str:
    """A text column's text."""
    return text.replace("\0", "\ufffd")


def optional(text: str | None) -> str | None:
    """A text column that may be null."""
    return None if text is None else plain(text)
