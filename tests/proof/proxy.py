"""A TCP proxy that is told to fail: up, refuse, black hole, delay, cut; an order acts on open connections at once.

It moves bytes with bare non-blocking sockets, one system call in and one out: see tests/integration/proof.
"""

import asyncio
import itertools
import socket
from collections.abc import Sequence
from enum import StrEnum
from typing import Self

from tests.proof.connection import Connection, abandon

HOST = "127.0.0.1"
BACKLOG = 1024


class Mode(StrEnum):
    """What the network does to those who go through."""

    UP = "up"
    REFUSE = "refuse"
    BLACKHOLE = "blackhole"
    DELAY = "delay"
    CUT = "cut"


class Proxy:
    """Listens on one port and passes on to the first target that takes the connection; they take turns.

    - up: bytes pass.
    - refuse: nobody listens, open connections are reset.
    - black hole: open connections stall, and go on when it ends, as TCP does; new ones are taken, what they say is
      lost, and they are reset when it ends.
    - delay: bytes arrive so many seconds later, each way, in order.
    - cut: each connection is reset once so many more bytes have passed, in mid-message; with 0 at once.
    """

    def __init__(self, port: int, targets: Sequence[int]) -> None:
        self.port = port
        self.mode = Mode.UP
        self.passed = 0
        self._value = 0.0
        self._targets = tuple(targets)
        self._turn = itertools.count()
        self._connections: set[Connection] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self._swallowed: set[socket.socket] = set()
        self._listener = socket.socket()
        self._listening = False

    async def __aenter__(self) -> Self:
        self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Bind and listen; the port stays ours until `close`, while it refuses too."""
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setblocking(False)
        self._listener.bind((HOST, self.port))
        self._listen()

    def close(self) -> None:
        """Reset every connection and give the port back."""
        self._stop_listening()
        self._forget_all()
        self._listener.close()

    def set(self, mode: Mode, value: float = 0.0) -> None:
        """From now on, open connections included: `value` is the seconds of a delay, the bytes before a cut."""
        before, self.mode, self._value = self.mode, mode, value
        for swallowed in self._swallowed:
            _leave(swallowed)
        self._swallowed.clear()
        if mode is Mode.REFUSE:
            self._stop_listening()
            self._forget_all()
        elif before is Mode.REFUSE:
            self._listen()
        for connection in list(self._connections):
            self._tell(connection)

    def forget(self, connection: Connection) -> None:
        """A connection has ended."""
        self._connections.discard(connection)

    def _tell(self, connection: Connection) -> None:
        """One connection learns what holds now."""
        delay = self._value if self.mode is Mode.DELAY else 0.0
        budget = int(self._value) if self.mode is Mode.CUT else None
        connection.obey(stalled=self.mode is Mode.BLACKHOLE, delay=delay, budget=budget)

    def _listen(self) -> None:
        self._listening = True
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.listen(BACKLOG)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def _stop_listening(self) -> None:
        """Linux: a listener that is shut down refuses, keeps its port, and may listen again."""
        if self._listening:
            self._listening = False
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # nobody else may take the port now

    def _forget_all(self) -> None:
        for task in self._connecting:
            task.cancel()
        for connection in list(self._connections):
            connection.reset()
        for swallowed in self._swallowed:
            _leave(swallowed)
        self._swallowed.clear()

    def _accept(self) -> None:
        try:
            while True:
                client, _ = self._listener.accept()
                self._take(client)
        except BlockingIOError:
            return

    def _take(self, client: socket.socket) -> None:
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.mode is Mode.BLACKHOLE:
            self._swallowed.add(client)
            asyncio.get_running_loop().add_reader(client, self._swallow, client)
            return
        task = asyncio.create_task(self._connect(client))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    def _swallow(self, client: socket.socket) -> None:
        try:
            told = client.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            told = b""
        if not told:
            self._swallowed.discard(client)
            _leave(client)

    async def _connect(self, client: socket.socket) -> None:
        """Join the client with a target; where none takes the connection, the client is reset."""
        target = None
        try:
            target = await self._reach()
        finally:
            if target is None:
                abandon(client)
                client.close()
        if target is not None:
            connection = Connection(client, target, self)
            self._connections.add(connection)
            self._tell(connection)

    async def _reach(self) -> socket.socket | None:
        turn = next(self._turn)
        for offset in range(len(self._targets)):
            port = self._targets[(turn + offset) % len(self._targets)]
            target = socket.socket()
            target.setblocking(False)
            target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                await asyncio.get_running_loop().sock_connect(target, (HOST, port))
            except OSError:
                target.close()
            except BaseException:
                target.close()
                raise
            else:
                return target
        return None


def _leave(swallowed: socket.socket) -> None:
    asyncio.get_running_loop().remove_reader(swallowed)
    abandon(swallowed)
    swallowed.close()
