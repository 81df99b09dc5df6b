"""What can be done with a chat; each is one transaction, and what it says to alerting leaves with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from services.intake import confidential
from services.intake.chat import store
from services.intake.chat.sealing import Seal
from services.intake.chat.store import Author, Behind, Conversation, Listed, Sealed
from services.intake.kinds import DEFAULTS, urgency_of
from services.intake.reception import Reception
from shared import db, ids, outbox, titles, topics, wire
from shared.database import Database
from shared.db import Connection
from shared.events import IncidentReported, Source
from shared.words import Certainty, Confidentiality, Kind

SYSTEM = "chat"


@dataclass(frozen=True, slots=True)
class Said:
    """One message, readable."""

    author: Author
    adviser: str | None
    sent_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation, readable. `shredded` says that its text is gone."""

    id: UUID
    building: str | None
    opened_at: datetime
    closed_at: datetime | None
    said: tuple[Said, ...]
    shredded: bool


class Talk:
    """Chats over intake's database; `wake` tells the relay that something was committed."""

    def __init__(self, database: Database, seal: Seal, wake: Callable[[], None]) -> None:
        self._database = database
        self._seal = seal
        self._wake = wake

    async def start(
        self, start_id: UUID, text: str, building: str | None, reception: Reception
    ) -> tuple[str, Chat] | None:
        """A new chat with its first message, and its receipt. The same page with the same text again is the same chat.

        None: the page began a chat with another text, so who sends this one may be somebody else, and learns nothing.
        """
        receipt = self._seal.receipt(start_id)
        hashed, id_ = self._seal.receipt_hash(receipt), reception.new_id()
        async with db.transaction(self._database.pool) as tx:
            new = await store.insert_conversation(tx, id_, hashed, building, self._seal.new_key(id_), reception.now)
            found = await store.by_receipt(tx, hashed)
            if found is None:
                raise RuntimeError("a conversation just written is not there")
            if new:
                await self._write(tx, found, uuid5(found.id, "first"), text, reception)
            chat = await self._chat(tx, found)
        self._wake()
        return (receipt, chat) if chat.said and chat.said[0].text == text else None

    async def open(self, receipt: str) -> Chat | None:
        """The chat of a receipt."""
        async with db.transaction(self._database.pool) as tx:
            found = await store.by_receipt(tx, self._seal.receipt_hash(receipt))
            return await self._chat(tx, found) if found else None

    async def write(self, receipt: str, message_id: UUID, text: str, reception: Reception) -> Chat | None:
        """The writer says more; the same message again changes nothing."""
        async with db.transaction(self._database.pool) as tx:
            found = await store.by_receipt(tx, self._seal.receipt_hash(receipt))
            if found is None:
                return None
            await self._write(tx, found, message_id, text, reception)
            chat = await self._chat(tx, found)
        self._wake()
        return chat

    async def confide(self, incident: IncidentReported, reception: Reception) -> None:
        """A confidential report of a machine: its text becomes a chat without a way back, the rest goes to alerting."""
        id_, receipt = incident.incident_id, self._seal.receipt(reception.new_id())
        wrapped = self._seal.new_key(id_)
        async with db.transaction(self._database.pool) as tx:
            hashed = self._seal.receipt_hash(receipt)
            if not await store.insert_conversation(tx, id_, hashed, incident.location.building, wrapped, reception.now):
                return  # a repeat
            sealed = self._seal.seal(wrapped, id_, id_, confidential.text(incident))
            await store.insert_message(tx, id_, Sealed(id_, "writer", None, reception.now, sealed))
            bare = confidential.bare(incident, reception.title(titles.KINDS[incident.kind]))
            await outbox.put(tx, [wire.encode(topics.CHAT.name, str(id_), bare, "intake")], reception.now)
        self._wake()

    async def listed(self, behind: Behind | None) -> tuple[list[Listed], Behind | None]:
        """A page of the advisers' list, and where it goes on."""
        async with db.transaction(self._database.pool) as tx:
            return await store.listed(tx, behind)

    async def read(self, conversation_id: UUID, now: datetime) -> Chat | None:
        """An adviser opens a chat: what the writer said counts as seen."""
        async with db.transaction(self._database.pool) as tx:
            found = await store.by_id(tx, conversation_id)
            if found:
                await store.mark_seen(tx, found.id, now)
            return await self._chat(tx, found) if found else None

    async def reply(
        self, conversation_id: UUID, message_id: UUID, text: str, adviser: str, now: datetime
    ) -> Chat | None:
        """An adviser answers; the same answer again changes nothing."""
        async with db.transaction(self._database.pool) as tx:
            found = await store.by_id(tx, conversation_id)
            if found is None or found.wrapped is None:
                return None
            sealed = self._seal.seal(found.wrapped, found.id, message_id, text)
            await store.insert_message(tx, found.id, Sealed(message_id, "adviser", adviser, now, sealed))
            return await self._chat(tx, found)

    async def close(self, conversation_id: UUID, now: datetime) -> None:
        """An adviser closes a chat."""
        async with db.transaction(self._database.pool) as tx:
            await store.close(tx, conversation_id, now)

    async def _write(
        self, tx: Connection, found: Conversation, message_id: UUID, text: str, reception: Reception
    ) -> None:
        """The advisers are called when there is something new and nothing that still waits for them."""
        if found.wrapped is None:
            return
        waiting = await store.unread(tx, found.id)
        sealed = self._seal.seal(found.wrapped, found.id, message_id, text)
        added = await store.insert_message(tx, found.id, Sealed(message_id, "writer", None, reception.now, sealed))
        if added and not waiting:
            incident = _incident(found, message_id, reception)
            record = wire.encode(topics.CHAT.name, str(found.id), incident, "intake")
            await outbox.put(tx, [record], reception.now)

    async def _chat(self, tx: Connection, found: Conversation) -> Chat:
        wrapped = found.wrapped
        said = [
            Said(m.author, m.adviser, m.sent_at, self._seal.open(wrapped, found.id, m.id, m.sealed))
            for m in (await store.messages(tx, found.id) if wrapped else [])
            if wrapped
        ]
        return Chat(found.id, found.building, found.opened_at, found.closed_at, tuple(said), shredded=wrapped is None)


def _incident(found: Conversation, message_id: UUID, reception: Reception) -> IncidentReported:
    """That somebody wrote: no text, no sender, and a title that says no more than the kind."""
    defaults = DEFAULTS[Kind.SOCIAL_SAFETY]
    return IncidentReported(
        incident_id=ids.incident_id(SYSTEM, f"{found.id}:{message_id}"),
        kind=Kind.SOCIAL_SAFETY,
        category=defaults.category,
        severity=defaults.severity,
        urgency=urgency_of(defaults.severity),
        certainty=Certainty.UNKNOWN,
        occurred_at=reception.now,
        received_at=reception.now,
        location=reception.place(found.building),
        source=Source(system=SYSTEM, external_id=str(found.id)),
        title=reception.title(titles.KINDS[Kind.SOCIAL_SAFETY]),
        confidentiality=Confidentiality.CONFIDENTIAL,
    )
