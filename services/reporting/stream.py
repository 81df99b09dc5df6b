"""GET /monitor/v1/live: the changes as server-sent events, resumed without a gap by Last-Event-ID."""

import logging
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse

from services.reporting import read_changes
from services.reporting.live import CATCH_UP, Live, Stream, too_far
from services.reporting.message import Message, message_of, tick
from services.reporting.pulse import Pulse
from services.reporting.read_changes import is_confidential
from shared import clock, db
from shared.auth import READERS, Auth, Person
from shared.database import Database
from shared.openapi import refusals

log = logging.getLogger(__name__)
TICK_S = 10.0
AGAIN_S = 0.5  # until it may tick again
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def router(database: Database, auth: Auth, live: Live, pulse: Pulse) -> APIRouter:
    """The live stream."""
    api = APIRouter(prefix="/monitor/v1", tags=["live"])

    @api.get("/live", response_class=StreamingResponse, responses=refusals(401, 403))
    async def stream(
        person: Annotated[Person, Depends(auth.require(READERS))],
        last_event_id: Annotated[str | None, Query(description="The last revision seen, as Last-Event-ID.")] = None,
        header: Annotated[str | None, Header(alias="Last-Event-ID", description="The last revision seen.")] = None,
    ) -> StreamingResponse:
        """Events `snapshot`, `incident`, `alert`, `page` with the revision as id, and `tick` every 10 s.

        No tick comes while the views stand still: a stream that is silent for 25 s shows what is old.
        """
        seen = _revision(header or last_event_id)
        events = _tell(database, live, pulse, person.sees_confidential, seen)
        return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)

    return api


async def _tell(
    database: Database, live: Live, pulse: Pulse, everything: bool, seen: int | None
) -> AsyncIterator[bytes]:
    """What the reader missed (or a snapshot), then every change, each once and in order, and ticks."""
    stream = live.join(everything)
    try:
        sent = -1 if seen is None else seen
        for message in await _missed(database, live, stream, seen):
            sent = message.revision
            yield message.encode()
        due = 0.0
        while True:
            following = await stream.next(within=due - clock.monotonic())
            if stream.ended:
                return
            if following is None:
                if beats := pulse.beats:
                    yield tick(clock.now())
                due = clock.monotonic() + (TICK_S if beats else AGAIN_S)
            elif following.revision > sent:
                sent = following.revision
                yield following.encode()
    except db.FAILURES as error:  # the answer has begun: its end makes the reader come again and say what it has seen
        log.warning("a live stream ends before it has begun: %s: %s", type(error).__name__, error)
    finally:
        live.leave(stream)


async def _missed(database: Database, live: Live, stream: Stream, seen: int | None) -> list[Message]:
    """The changes after `seen` up to where the stream was joined, or a snapshot when `seen` cannot be resumed."""
    async with database.pool.acquire() as connection:
        if seen is not None and not too_far(seen, await read_changes.heights(connection)):
            views = await read_changes.changes(connection, seen, max(seen, stream.joined), CATCH_UP)
            return [message_of(view) for view in views if stream.sees_all or not is_confidential(view)]
    return [Message.snapshot(await live.picture(stream.sees_all))]


def _revision(text: str | None) -> int | None:
    """A revision, or None for anything else: then a snapshot is told."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None
