"""The live stream of one tablet: `news` when there is something to look at, `tick` every 10 s with the server's time.

No tick comes while no news could: a tablet that hears none for 25 s says that what it shows may be old.
The tablet reads the page itself after each (re)connect and each `news`, so nothing is lost between two streams and no
Last-Event-ID is needed. A stream ends itself when the server leaves; the tablet connects again after a second.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime

from fastapi import Request
from fastapi.responses import StreamingResponse

from services.alerting.channels.tablet import Tablets
from shared import clock

TICK_S = 10.0
AGAIN_S = 0.5  # until it may tick again
AGAIN_MS = 1000
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def stream(request: Request, tablets: Tablets, member_id: str) -> StreamingResponse:
    """Server-sent events for one member until the tablet or the server leaves."""
    leaving: asyncio.Event = request.app.state.leaving
    return StreamingResponse(events(tablets, member_id, leaving), media_type="text/event-stream", headers=HEADERS)


async def events(tablets: Tablets, member_id: str, leaving: asyncio.Event) -> AsyncIterator[bytes]:
    """A tick at once, so that the tablet knows it is connected; then news as it comes."""
    async with tablets.listening(member_id) as news:
        left = asyncio.create_task(leaving.wait())
        try:
            yield b"retry: %d\n\n" % AGAIN_MS + (tick(clock.now()) if tablets.hears else b"")
            due = clock.monotonic() + (TICK_S if tablets.hears else AGAIN_S)
            while not leaving.is_set():
                if await _heard(news, left, due - clock.monotonic()):
                    yield b"event: news\ndata: {}\n\n"
                elif clock.monotonic() >= due:
                    if hears := tablets.hears:
                        yield tick(clock.now())
                    due = clock.monotonic() + (TICK_S if hears else AGAIN_S)
        finally:
            left.cancel()


async def _heard(news: asyncio.Event, left: "asyncio.Task[bool]", within: float) -> bool:
    """True when there is news; False when the time is up or the server leaves."""
    waiting = asyncio.create_task(news.wait())
    try:
        await asyncio.wait({waiting, left}, timeout=max(0.0, within), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()  # also when the tablet leaves meanwhile
    heard = news.is_set()
    news.clear()
    return heard


def tick(now: datetime) -> bytes:
    """The server's time; the tablet takes 25 s without one for a lost connection."""
    return b"event: tick\ndata: " + json.dumps({"now": now.isoformat()}).encode() + b"\n\n"
