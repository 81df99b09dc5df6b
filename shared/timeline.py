"""The decisions about an alert as alerting keeps them and reporting shows them: one table's shape in both schemas."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from shared.db import Connection

FIRST, LAST = 200, 800


async def lines(db: Connection, alert_id: UUID) -> Sequence[Record]:
    """`seq`, `at`, `event`, `reason`, `cause`, `text`, oldest first; of a long one the beginning and the end."""
    found: list[Record] = await db.fetch(
        """
        SELECT seq, at, event, reason, cause, text FROM timeline
        WHERE alert_id = $1 AND (seq <= $2 OR seq > (SELECT max(seq) FROM timeline WHERE alert_id = $1) - $3)
        ORDER BY seq
        """,
        alert_id,
        FIRST,
        LAST,
    )
    return found
