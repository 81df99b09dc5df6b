"""One connection through a proxy: two ways, each moving bytes as they come, or later, or not at all."""

import asyncio
import contextlib
import socket
import struct
from collections import deque
from typing import Protocol

CHUNK = 256 * 1024
WAITING = 4 * 1024 * 1024  # bytes that one way may hold back before it stops reading
TICK_S = 0.001
RESET = struct.pack("ii", 1, 0)


class Account(Protocol):
    """Who keeps the connections and counts the bytes that pass."""

    passed: int

    def forget(self, connection: "Connection") -> None:
        """A connection has ended."""


class Connection:
    """A client's socket and a target's, joined."""

    def __init__(self, client: socket.socket, target: socket.socket, account: Account) -> None:
        self._account = account
        self._sockets = (client, target)
        self._ways = (_Way(self, client, target), _Way(self, target, client))
        self._budget: int | None = None
        self._closed = False
        self.stalled = False
        self.delay = 0.0

    def obey(self, stalled: bool, delay: float, budget: int | None) -> None:
        """What holds from now on: nothing moves; all moves so many seconds later; the end comes after so many bytes."""
        self.stalled, self.delay, self._budget = stalled, delay, budget
        if budget is not None and budget <= 0:
            self.reset()
            return
        for way in self._ways:
            if not self._closed:  # a way may meet a receiver that is gone
                way.obey()

    def left(self, wanted: int) -> int:
        """How many of these bytes may still pass."""
        return wanted if self._budget is None else min(wanted, self._budget)

    def passed(self, count: int) -> None:
        """So many bytes have; the last one that may is followed by the reset."""
        self._account.passed += count
        if self._budget is not None:
            self._budget -= count
            if self._budget <= 0:
                self.reset()

    def reset(self) -> None:
        """Both sides see a reset."""
        if self._closed:
            return
        for side in self._sockets:
            abandon(side)
        self.close()

    def close(self) -> None:
        """Both sides see the end."""
        self._closed = True
        for way in self._ways:
            way.stop()
        for side in self._sockets:
            side.close()
        self._account.forget(self)

    def way_ended(self) -> None:
        """One side has said all, and all has been passed on."""
        if all(way.ended for way in self._ways):
            self.close()


class _Way:
    """One direction. `_held` is what has come and not gone, with the time from which it may go; b"" is the end."""

    _buffer = memoryview(bytearray(CHUNK))  # one for all: nobody else runs before it is empty again

    def __init__(self, connection: Connection, source: socket.socket, sink: socket.socket) -> None:
        self._connection = connection
        self._source = source
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        self._held: deque[tuple[float, bytes]] = deque()
        self._held_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._reading = False
        self._heard_end = False
        self.ended = False

    def obey(self) -> None:
        """Do with what is held what holds now; read on, or stop reading."""
        if not self._connection.delay:
            self._held = deque((0.0, data) for _, data in self._held)
        self._move()

    def stop(self) -> None:
        """Nothing more is read or written. Before the sockets close."""
        self.ended = True
        self._held.clear()
        self._arrange(has_room=True)

    def _readable(self) -> None:
        try:
            size = self._source.recv_into(self._buffer)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._connection.reset()
            return
        self._heard_end = size == 0
        sent = 0
        if size and not self._held and not self._connection.delay:
            sent = self._send(self._buffer[:size])
        if not self.ended and (sent < size or not size):
            self._hold(bytes(self._buffer[sent:size]))

    def _hold(self, data: bytes) -> None:
        """It goes later; the end (b"") too."""
        due = self._loop.time() + self._connection.delay if self._connection.delay else 0.0
        self._held.append((due, data))
        self._held_bytes += len(data)
        self._move()

    def _move(self) -> None:
        """Send what may go by now; wait for time, or for room, for the rest."""
        has_room = True
        now = self._loop.time() + TICK_S
        while has_room and self._held and self._held[0][0] <= now and not self._connection.stalled:
            due, data = self._held.popleft()
            if not data:
                self._finish()
                return
            sent = self._send(data)
            if self.ended:
                return
            self._held_bytes -= sent
            if sent < len(data):
                has_room = False
                self._held.appendleft((due, data[sent:]))
        self._arrange(has_room)

    def _send(self, data: bytes | memoryview) -> int:
        """How many bytes went. A receiver that is gone, or a budget that is spent, resets the connection."""
        try:
            sent = self._sink.send(data[: self._connection.left(len(data))])
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            self._connection.reset()
            return 0
        self._connection.passed(sent)
        return sent

    def _finish(self) -> None:
        """The source's end is passed on; the other way may go on."""
        self.ended = True
        self._arrange(has_room=True)
        with contextlib.suppress(OSError):
            self._sink.shutdown(socket.SHUT_WR)
        self._connection.way_ended()

    def _arrange(self, has_room: bool) -> None:
        """Be called for what is waited for, and for nothing else."""
        moving = not self.ended and not self._connection.stalled
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if moving and self._held and has_room:
            self._timer = self._loop.call_at(self._held[0][0], self._move)
        if moving and not has_room:
            self._loop.add_writer(self._sink, self._move)
        else:
            self._loop.remove_writer(self._sink)
        full = self._held_bytes >= WAITING if self._connection.delay else bool(self._held)
        self._read(moving and not self._heard_end and not full)

    def _read(self, wanted: bool) -> None:
        if wanted and not self._reading:
            self._loop.add_reader(self._source, self._readable)
        elif self._reading and not wanted:
            self._loop.remove_reader(self._source)
        self._reading = wanted


def abandon(side: socket.socket) -> None:
    """Let its close be a reset instead of a farewell."""
    with contextlib.suppress(OSError):
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
