"""A cheap load generator in a process of its own: raw sockets, requests made of bytes, one line asked, one answered.

`python -m tests.bench.http_load` reads lines `{"port", "path", "key", "ndjson", "connections", "seconds"}` from its
standard input and answers each with `{"requests", "events", "refused", "seconds"}` once that load is over.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import count
from typing import cast

import uvloop

ITEM = (
    b'{"kind":"other","location":{"building":"F01"},"text":"Vibration above the threshold of the sensor.",'
    b'"source":{"device":"sensor 17","external_id":"load-%012d"}}'
)
_numbers = count(time.time_ns() % 10**12)


@dataclass(frozen=True, slots=True)
class Load:
    """What to send for how long; `ndjson` is the number of events in a request, 0 for one alone as JSON."""

    port: int
    path: str
    key: str
    ndjson: int
    connections: int
    seconds: float


@dataclass(slots=True)
class Tally:
    """What came of it."""

    requests: int = 0
    events: int = 0
    refused: int = 0
    seconds: float = 0.0


def request(load: Load) -> bytes:
    """The bytes of one request; every event has a name of its own."""
    lines = [ITEM % (next(_numbers) % 10**12) for _ in range(max(1, load.ndjson))]
    body = b"\n".join(lines)
    kind = b"application/x-ndjson" if load.ndjson else b"application/json"
    head = b"POST %s HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer %s\r\n"
    size = b"content-type: %s\r\ncontent-length: %d\r\n\r\n"
    return head % (load.path.encode(), load.key.encode()) + size % (kind, len(body)) + body


@dataclass
class Sender(asyncio.Protocol):
    """One connection that sends the next request when the answer to the last is whole."""

    load: Load
    tally: Tally
    until: float
    end: "asyncio.Future[None]"
    buffer: bytearray = field(default_factory=bytearray)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's has another parent
        self.transport.write(request(self.load))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        ends = self.buffer.find(b"\r\n\r\n")
        if ends < 0 or len(self.buffer) < ends + 4 + content_length(bytes(self.buffer[:ends])):
            return
        accepted = self.buffer.startswith(b"HTTP/1.1 202")
        self.buffer.clear()
        self.tally.requests += 1
        self.tally.events += max(1, self.load.ndjson) if accepted else 0
        self.tally.refused += not accepted
        if time.perf_counter() < self.until:
            self.transport.write(request(self.load))
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        if not self.end.done():
            self.end.set_result(None)


def content_length(head: bytes) -> int:
    """What the header says, 0 when there is none."""
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def run(load: Load) -> Tally:
    """Keep every connection busy for the load's seconds; the answers still due then are waited for."""
    loop = asyncio.get_running_loop()
    tally, began = Tally(), time.perf_counter()
    senders = [Sender(load, tally, began + load.seconds, loop.create_future()) for _ in range(load.connections)]
    for sender in senders:
        await loop.create_connection(partial(_itself, sender), "127.0.0.1", load.port)
    await asyncio.gather(*(sender.end for sender in senders))
    tally.seconds = time.perf_counter() - began
    return tally


def _itself(sender: Sender) -> Sender:
    return sender


def main() -> None:
    """One load after another until the input ends."""
    for line in sys.stdin:
        tally = uvloop.run(run(Load(**json.loads(line))))
        sys.stdout.write(json.dumps(asdict(tally)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
