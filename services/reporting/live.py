"""One reader a process that follows the revisions and fans the changes out to the open live streams.

It is woken by the fold of this process after its commit and looks every 0.2 s for what other replicas folded; while
nothing changes it costs one row read. A stream that cannot keep up is dropped: it comes back and resumes.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from services.reporting import read_changes
from services.reporting.message import Message, message_of
from services.reporting.pulse import Pulse
from services.reporting.read_changes import Heights, Picture
from shared import db, metrics
from shared.database import Database

log = logging.getLogger(__name__)
POLL_S = 0.2
RETRY_S = 0.5
# More changes than this at once are told as a snapshot: sooner read, and the page shows the last state anyway.
CATCH_UP = 1000


class Stream:
    """One reader's queue. None in it means: end. `sees_all` lets confidential rows through.

    It is offered every change after revision `joined`; what the reader missed before is read from the database.
    """

    def __init__(self, sees_all: bool, joined: int, buffer: int) -> None:
        self.sees_all = sees_all
        self.joined = joined
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue(buffer)
        self.ended = False

    def offer(self, message: Message) -> None:
        """Queue a message that this reader may see; a full queue ends the stream instead of growing."""
        if self.ended or (message.confidential and not self.sees_all):
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            log.warning("a live stream was too slow and is dropped")
            self.end()

    def end(self) -> None:
        """Let the reader go; what was queued is thrown away, he resumes from what he has."""
        self.ended = True
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self, within: float) -> Message | None:
        """The next message, or None when there is none in that time or the stream has ended."""
        try:
            return await asyncio.wait_for(self._queue.get(), max(0.0, within))
        except TimeoutError:
            return None


class Live:
    """The reader. `position` is the revision up to which every open stream has been offered everything."""

    def __init__(self, database: Database, buffer: int, pulse: Pulse) -> None:
        self._database = database
        self._pulse = pulse
        self._buffer = buffer
        self._woken = asyncio.Event()
        self._streams: set[Stream] = set()
        self._closed = False
        self.position = 0

    def wake(self) -> None:
        """Call after a commit that changed the views."""
        self._woken.set()

    def join(self, sees_all: bool) -> Stream:
        """A stream that is offered every change after the present `position`."""
        stream = Stream(sees_all, self.position, self._buffer)
        if self._closed:
            stream.end()
        self._streams.add(stream)
        metrics.LIVE_STREAMS.set(len(self._streams))
        return stream

    def leave(self, stream: Stream) -> None:
        """The reader is gone."""
        self._streams.discard(stream)
        metrics.LIVE_STREAMS.set(len(self._streams))

    def close(self) -> None:
        """End every stream, also those that come later: the process is leaving."""
        self._closed = True
        self._end_all()

    async def run(self) -> None:
        """Follow the revisions from the beginning, so that a stream that joins before the first look misses nothing."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_S)
            self._woken.clear()
            metrics.VIEW_LAG.set(self._pulse.lag_s())
            try:
                await self._follow()
                self._pulse.looked()
            except Exception as error:  # noqa: BLE001 - the reader outlives whatever PostgreSQL does
                db.raise_if_cancelled(error)
                level = logging.WARNING if db.is_transient(error) else logging.ERROR
                log.log(level, "live streams wait: %s: %s", type(error).__name__, error)
                await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        """Offer what changed since `position`, or a snapshot when that is too much or was rebuilt.

        Offering and moving `position` happen without an await between: who joins meanwhile misses nothing.
        """
        async with self._database.pool.acquire() as connection:
            at = await read_changes.heights(connection)
            if at.current == self.position:
                return
            if at.current < self.position or not self._streams:  # a database put back in time, or nobody to tell
                self._end_all()
                self.position = at.current
                return
            if too_far(self.position, at):
                await self._offer_pictures()
                return
            views = await read_changes.changes(connection, self.position, at.current, CATCH_UP)
        self._offer([message_of(view) for view in views])
        self.position = at.current

    async def _offer_pictures(self) -> None:
        pictures = {sees_all: await self.picture(sees_all) for sees_all in (False, True)}
        for stream in tuple(self._streams):
            stream.offer(Message.snapshot(pictures[stream.sees_all]))
        self.position = min(seen.revision for seen in pictures.values())

    def _offer(self, messages: Sequence[Message]) -> None:
        for stream in tuple(self._streams):
            for message in messages:
                stream.offer(message)

    def _end_all(self) -> None:
        for stream in tuple(self._streams):
            stream.end()

    async def picture(self, sees_all: bool) -> Picture:
        """Everything at one moment."""
        async with (
            self._database.pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await read_changes.picture(connection, sees_all)


def too_far(position: int, at: Heights) -> bool:
    """Whether a reader at `position` needs a snapshot: behind the floor, ahead of us, or hundreds of rows behind."""
    return position < at.floor or position > at.current or at.current - position > CATCH_UP
