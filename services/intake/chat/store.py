"""The SQL of chats. Text comes and goes sealed; nothing here can open it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.db import Connection

Author = Literal["writer", "adviser"]
PAGE = 200  # rows of the advisers' list at once


@dataclass(frozen=True, slots=True)
class Conversation:
    """One chat; `wrapped` is None when its text was shredded."""

    id: UUID
    building: str | None
    opened_at: datetime
    closed_at: datetime | None
    wrapped: bytes | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """One message as it is kept."""

    id: UUID
    author: Author
    adviser: str | None
    sent_at: datetime
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the advisers' list."""

    id: UUID
    building: str | None
    opened_at: datetime
    last_at: datetime
    unread: int
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Behind:
    """The row that the advisers' list goes on behind."""

    unread: bool
    last_at: datetime
    id: UUID


async def insert_conversation(
    tx: Connection, id_: UUID, receipt_hash: bytes, building: str | None, wrapped: bytes, now: datetime
) -> bool:
    """A new chat with its key; False when this id or this receipt has one already."""
    added = await tx.fetchval(
        """
        INSERT INTO conversations (id, receipt_hash, building, opened_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        id_,
        receipt_hash,
        building,
        now,
    )
    if added is None:
        return False
    await tx.execute("INSERT INTO conversation_keys (conversation_id, wrapped) VALUES ($1, $2)", id_, wrapped)
    return True


async def by_receipt(tx: Connection, receipt_hash: bytes) -> Conversation | None:
    """The chat of a receipt; the row is locked until the transaction ends."""
    row = await tx.fetchrow(
        """
        SELECT c.id, c.building, c.opened_at, c.closed_at, k.wrapped
        FROM conversations c LEFT JOIN conversation_keys k ON k.conversation_id = c.id
        WHERE c.receipt_hash = $1 FOR UPDATE OF c
        """,
        receipt_hash,
    )
    return Conversation(**row) if row else None


async def by_id(tx: Connection, id_: UUID) -> Conversation | None:
    """The chat of an id; the row is locked until the transaction ends."""
    row = await tx.fetchrow(
        """
        SELECT c.id, c.building, c.opened_at, c.closed_at, k.wrapped
        FROM conversations c LEFT JOIN conversation_keys k ON k.conversation_id = c.id
        WHERE c.id = $1 FOR UPDATE OF c
        """,
        id_,
    )
    return Conversation(**row) if row else None


async def unread(tx: Connection, id_: UUID) -> int:
    """How many messages of the writer no adviser has seen yet."""
    return int(
        await tx.fetchval(
            """
            SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id
            WHERE c.id = $1 AND m.author = 'writer' AND (c.seen_at IS NULL OR m.sent_at > c.seen_at)
            """,
            id_,
        )
    )


async def insert_message(tx: Connection, conversation_id: UUID, message: Sealed) -> bool:
    """Add a message; False when it is there already. A new message opens a closed chat again."""
    added = await tx.fetchval(
        """
        INSERT INTO messages (conversation_id, id, author, adviser, sent_at, sealed) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (conversation_id, id) DO NOTHING RETURNING number
        """,
        conversation_id,
        message.id,
        message.author,
        message.adviser,
        message.sent_at,
        message.sealed,
    )
    if added is not None:
        await tx.execute("UPDATE conversations SET closed_at = NULL WHERE id = $1", conversation_id)
    return added is not None


async def messages(tx: Connection, conversation_id: UUID) -> list[Sealed]:
    """All messages in the order they came."""
    rows = await tx.fetch(
        "SELECT id, author, adviser, sent_at, sealed FROM messages WHERE conversation_id = $1 ORDER BY number",
        conversation_id,
    )
    return [Sealed(**row) for row in rows]


async def mark_seen(tx: Connection, conversation_id: UUID, now: datetime) -> None:
    """An adviser has read everything up to now."""
    await tx.execute("UPDATE conversations SET seen_at = $2 WHERE id = $1", conversation_id, now)


async def close(tx: Connection, conversation_id: UUID, now: datetime) -> None:
    """Closed by an adviser; the text goes after INTAKE_CHAT_KEEP_DAYS unless somebody writes again."""
    await tx.execute(
        "UPDATE conversations SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", conversation_id, now
    )


async def listed(tx: Connection, behind: Behind | None) -> tuple[list[Listed], Behind | None]:
    """Chats whose text still exists: those with unread messages first, then by their last message; and what follows.

    A chat that is read while somebody pages on moves down and is shown once more; none is passed over.
    """
    rows = await tx.fetch(
        """
        SELECT id, building, opened_at, last_at, closed_at, unread
        FROM conversations
        JOIN LATERAL (
            SELECT max(m.sent_at) AS last_at,
                   count(*) FILTER (
                       WHERE m.author = 'writer' AND (seen_at IS NULL OR m.sent_at > seen_at)
                   )::int AS unread
            FROM messages m WHERE m.conversation_id = conversations.id
        ) AS said ON last_at IS NOT NULL
        WHERE $2::timestamptz IS NULL OR (unread > 0, last_at, id) < ($1::boolean, $2::timestamptz, $3::uuid)
        ORDER BY unread > 0 DESC, last_at DESC, id DESC LIMIT $4
        """,
        *((behind.unread, behind.last_at, behind.id) if behind else (None, None, None)),
        PAGE + 1,
    )
    found = [Listed(**row) for row in rows[:PAGE]]
    last = found[-1] if len(rows) > PAGE else None
    return found, Behind(last.unread > 0, last.last_at, last.id) if last else None


async def shred(tx: Connection, closed_before: datetime) -> int:
    """Delete key and text of chats closed before; returns how many. The empty conversation stays for statistics."""
    rows = await tx.fetch(
        """
        WITH old AS (SELECT id FROM conversations WHERE closed_at < $1),
             gone AS (DELETE FROM messages WHERE conversation_id IN (SELECT id FROM old))
        DELETE FROM conversation_keys WHERE conversation_id IN (SELECT id FROM old) RETURNING conversation_id
        """,
        closed_before,
    )
    return len(rows)


async def oldest_text(tx: Connection) -> datetime | None:
    """When the oldest message that still exists was sent."""
    found: datetime | None = await tx.fetchval("SELECT min(sent_at) FROM messages")
    return found
