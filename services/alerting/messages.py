"""Messages on their way: leases, retries and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.alerting.core.model import Message
from shared.db import Connection
from shared.words import MessageType

OLD_NEWS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that this process may send until its lease ends; `attempts` were made before, the last `refusals` of
    them answered `Never`.
    """

    message: Message
    alert_id: UUID
    token: UUID
    attempts: int
    cause_at: datetime
    refusals: int


async def drop_expired(tx: Connection, now: datetime) -> None:
    """Give up, of messages whose lease ran out, those that would tell what is no longer so, or what is an hour old.

    A page is sent until it is answered or its alert is restored or closed; a stand-down that comes after the next call
    to come would send a responder home who is needed. That all is restored is told also to whoever seems not to have
    been called, for he may have been: a receipt that was lost, a sender that died. But nobody is told that an alert is
    over whom a later one of the same building and plan has called: he would take it for that one.
    """
    await tx.execute(
        """
        UPDATE messages SET state = 'dropped'
        WHERE key IN (
            SELECT m.key FROM messages m JOIN pages p USING (page_id) JOIN alerts a USING (alert_id)
            WHERE m.state = 'sending' AND m.lease_until <= $1 AND (
                m.n < (p.told ->> m.type)::int
                OR m.type <> 'page' AND m.cause_at <= $2
                OR CASE m.type
                    WHEN 'page' THEN p.answer IS NOT NULL OR p.state = 'stood_down' OR a.state = 'closed'
                        OR a.restored_at IS NOT NULL
                    WHEN 'update' THEN p.answer = 'not_coming' OR p.state = 'stood_down' OR a.state = 'closed'
                    WHEN 'stand_down' THEN p.state <> 'stood_down'
                    WHEN 'restored' THEN a.restored_at IS NULL
                END
                OR m.type IN ('stand_down', 'restored') AND EXISTS (
                    SELECT FROM pages q JOIN alerts b USING (alert_id)
                    WHERE q.member_id = p.member_id AND b.opened_at > a.opened_at AND b.plan = a.plan
                    AND b.drill = a.drill AND b.building IS NOT DISTINCT FROM a.building))
            FOR UPDATE OF m SKIP LOCKED)
        """,
        now,
        now - OLD_NEWS,
    )


async def claim_expired(tx: Connection, now: datetime, token: UUID, until: datetime, limit: int) -> list[Leased]:
    """Take over messages whose lease ran out, the longest ago first.

    Their refusals leave the row and come back with `retry_at`: a try of which nothing is heard breaks the row of them.
    """
    rows = await tx.fetch(
        """
        WITH expired AS (
            SELECT key, refusals FROM messages WHERE state = 'sending' AND lease_until <= $1
            ORDER BY lease_until LIMIT $4 FOR UPDATE SKIP LOCKED)
        UPDATE messages m SET lease_token = $2, lease_until = $3, attempts = m.attempts + 1, refusals = 0
        FROM expired e, pages p
        WHERE m.key = e.key AND p.page_id = m.page_id
        RETURNING m.page_id, p.alert_id, m.type, m.n, m.attempts, m.cause_at, e.refusals
        """,
        now,
        token,
        until,
        limit,
    )
    return [
        Leased(
            Message(r["page_id"], MessageType(r["type"]), r["n"]),
            r["alert_id"],
            token,
            r["attempts"],
            r["cause_at"],
            r["refusals"],
        )
        for r in rows
    ]


async def mark_sent(tx: Connection, sent: Sequence[tuple[str, UUID, datetime]]) -> None:
    """Close messages by key, lease token and time; one whose lease another process took over is left to it."""
    await tx.execute(
        """
        UPDATE messages m SET state = 'sent', sent_at = s.at
        FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS s (key, token, at)
        WHERE m.key = s.key AND m.lease_token = s.token AND m.state = 'sending'
        """,
        [key for key, _, _ in sent],
        [token for _, token, _ in sent],
        [at for _, _, at in sent],
    )


async def mark_failed(tx: Connection, failed: Sequence[tuple[str, UUID]]) -> set[str]:
    """No channel of the member will ever take these; the keys of those that nobody else took over meanwhile."""
    rows = await tx.fetch(
        """
        UPDATE messages m SET state = 'failed'
        FROM unnest($1::text[], $2::uuid[]) AS f (key, token)
        WHERE m.key = f.key AND m.lease_token = f.token AND m.state = 'sending'
        RETURNING m.key
        """,
        [key for key, _ in failed],
        [token for _, token in failed],
    )
    return {row["key"] for row in rows}


async def retry_at(tx: Connection, again: Sequence[tuple[str, UUID, datetime, int]]) -> None:
    """Give the lease back from a moment on, with the refusals so far: whoever looks first sends it, under its key."""
    await tx.execute(
        """
        UPDATE messages m SET lease_until = s.at, refusals = s.refusals
        FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::int[]) AS s (key, token, at, refusals)
        WHERE m.key = s.key AND m.lease_token = s.token AND m.state = 'sending'
        """,
        [key for key, _, _, _ in again],
        [token for _, token, _, _ in again],
        [at for _, _, at, _ in again],
        [refusals for _, _, _, refusals in again],
    )
