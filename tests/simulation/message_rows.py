"""The SQL of `services.alerting.messages` in Python: leases, retries and what became of messages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.alerting.core.model import Alert, Message, Page
from services.alerting.messages import OLD_NEWS, Leased
from shared.words import AlertState, Answer, MessageType, PageState
from tests.simulation.alerting_tables import MessageRow, of
from tests.simulation.database import Tx


async def drop_expired(tx: Tx, now: datetime) -> None:
    """Expired messages that would tell what is no longer so, SKIP LOCKED."""
    await tx.statement("drop messages")
    for row in _expired(tx, now):
        alert = tx.rows(of(tx).alerts)[row.alert_id]
        page = next(page for page in alert.pages if page.page_id == row.page_id)
        if _is_old_news(row, page, alert, now) or _is_called_anew(tx, row, page, alert):
            await tx.lock("message", row.key)
            tx.put(of(tx).messages, row.key, replace(row, state="dropped"))


async def claim_expired(tx: Tx, now: datetime, token: UUID, until: datetime, limit: int) -> list[Leased]:
    """The longest expired first, SKIP LOCKED; their refusals leave the row."""
    await tx.statement("claim messages")
    claimed = []
    for row in sorted(_expired(tx, now), key=lambda row: row.until)[:limit]:
        await tx.lock("message", row.key)
        mine = replace(row, token=token, until=until, attempts=row.attempts + 1, refusals=0)
        tx.put(of(tx).messages, row.key, mine)
        message = Message(row.page_id, row.type, row.n)
        claimed.append(Leased(message, row.alert_id, token, mine.attempts, row.cause_at, row.refusals))
    return claimed


async def mark_sent(tx: Tx, sent: Sequence[tuple[str, UUID, datetime]]) -> None:
    """Those whose lease is still the sender's."""
    await tx.statement("mark sent")
    for key, token, _ in sent:
        await _change(tx, key, token, state="sent")


async def mark_failed(tx: Tx, failed: Sequence[tuple[str, UUID]]) -> set[str]:
    """Those whose lease is still the sender's; which they were."""
    await tx.statement("mark failed")
    return {key for key, token in failed if await _change(tx, key, token, state="failed")}


async def retry_at(tx: Tx, again: Sequence[tuple[str, UUID, datetime, int]]) -> None:
    """The lease given back from a moment on, with the refusals so far."""
    await tx.statement("retry later")
    for key, token, at, refusals in again:
        await _change(tx, key, token, until=at, refusals=refusals)


async def _change(tx: Tx, key: str, token: UUID, **columns: Any) -> bool:
    """An UPDATE of the row with this key and token; one that is locked is waited for and looked at again."""
    if not _is_held(tx.get(of(tx).messages, key), token):
        return False
    await tx.lock("message", key)
    row = tx.get(of(tx).messages, key)
    if row is None or not _is_held(row, token):
        return False
    tx.put(of(tx).messages, key, replace(row, **columns))
    return True


def _is_held(row: MessageRow | None, token: UUID) -> bool:
    return row is not None and row.token == token and row.state == "sending"


def _expired(tx: Tx, now: datetime) -> list[MessageRow]:
    return [
        row
        for row in tx.rows(of(tx).messages).values()
        if row.state == "sending" and row.until <= now and tx.is_free("message", row.key)
    ]


def _is_called_anew(tx: Tx, row: MessageRow, page: Page, alert: Alert) -> bool:
    """Whether a later alert of the same place and plan has called whom the message would tell that this one is over."""
    same = (alert.building, alert.frozen.plan.id, alert.drill)
    later = (
        other
        for other in tx.rows(of(tx).alerts).values()
        if other.opened_at > alert.opened_at and (other.building, other.frozen.plan.id, other.drill) == same
    )
    over = row.type in {MessageType.STAND_DOWN, MessageType.RESTORED}
    return over and any(called.member_id == page.member_id for other in later for called in other.pages)


def _is_old_news(row: MessageRow, page: Page, alert: Alert, now: datetime) -> bool:
    if row.n < page.told.get(row.type, 0) or (row.type is not MessageType.PAGE and row.cause_at <= now - OLD_NEWS):
        return True
    closed, stood_down = alert.state is AlertState.CLOSED, page.state is PageState.STOOD_DOWN
    match row.type:
        case MessageType.PAGE:
            return page.answer is not None or stood_down or closed or alert.restored_at is not None
        case MessageType.UPDATE:
            return page.answer is Answer.NOT_COMING or stood_down or closed
        case MessageType.STAND_DOWN:
            return not stood_down
        case MessageType.RESTORED:
            return alert.restored_at is None
