"""All proxies in one process of their own (`python -m tests.proof.network`), and the line to it.

An order is a line on a loopback port: `<door>[,<door>] up|refuse|blackhole|delay|cut [value]`, or `passed`.
"""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop

from deploy.embedded.jars import PartMissing
from deploy.embedded.service import Plan, Service
from tests.proof.proxy import HOST, Mode, Proxy

DOORS, CONTROL = "PROOF_DOORS", "PROOF_CONTROL"
READY_WITHIN_S = 20.0
ANSWER_WITHIN_S = 5.0
UNDERSTOOD = "ok"


@dataclass(frozen=True, slots=True)
class Door:
    """One proxy: its port, and the ports behind it, the first of which that takes the connection gets it."""

    name: str
    port: int
    targets: tuple[int, ...]


class Network:
    """The process of the proxies. It dies with its parent, and with it every connection."""

    def __init__(self, doors: Sequence[Door], control: int, log: Path) -> None:
        self.doors = doors
        self._control = control
        told = {DOORS: json.dumps([asdict(door) for door in doors]), CONTROL: str(control)}
        self._service = Service(Plan("network", "tests.proof.network", log, told))

    @property
    def pid(self) -> int:
        """The process."""
        return self._service.process.pid

    async def start(self) -> None:
        """Start the process, wait until its doors are open."""
        await self._service.start()
        async with asyncio.timeout(READY_WITHIN_S):
            while True:
                with suppress(OSError):
                    await self._ask("passed")
                    return
                if not self._service.process.running:
                    raise PartMissing(f"the proxies ended: {self._service.log_tail()}")
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """End it."""
        await self._service.stop()

    async def order(self, doors: Sequence[Door], mode: Mode, value: float = 0.0) -> None:
        """From now on, open connections included; all doors at the same moment."""
        said = await self._ask(f"{','.join(door.name for door in doors)} {mode} {value}")
        if said != UNDERSTOOD:
            raise ValueError(said)

    async def passed(self) -> Mapping[str, int]:
        """How many bytes have gone through each door, both ways."""
        counts: dict[str, int] = json.loads(await self._ask("passed"))
        return counts

    async def _ask(self, line: str) -> str:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            reader, writer = await asyncio.open_connection(HOST, self._control)
            try:
                writer.write(f"{line}\n".encode())
                return (await reader.readline()).decode().strip()
            finally:
                writer.close()


@dataclass(frozen=True, slots=True)
class Link:
    """A road between two parts, such as `intake-kafka`: one door for each broker at its end."""

    name: str
    doors: tuple[Door, ...]
    network: Network

    async def set(self, mode: Mode, value: float = 0.0) -> None:
        """What happens to those who go this way: see `Proxy`."""
        await self.network.order(self.doors, mode, value)

    @property
    def ports(self) -> tuple[int, ...]:
        """Where its doors are."""
        return tuple(door.port for door in self.doors)

    async def up(self) -> None:
        """Everything passes."""
        await self.set(Mode.UP)


async def serve(doors: Sequence[Door], control: int) -> None:
    """Open every door and obey orders, for ever."""
    async with AsyncExitStack() as stack:
        proxies = {door.name: await stack.enter_async_context(Proxy(door.port, door.targets)) for door in doors}

        async def obey(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                order = (await reader.readline()).decode()
                writer.write(f"{_obeyed(proxies, order)}\n".encode())
                await writer.drain()
                writer.close()

        server = await asyncio.start_server(obey, HOST, control)
        await server.serve_forever()


def _obeyed(proxies: Mapping[str, Proxy], order: str) -> str:
    """What is answered to an order that has been carried out, or could not be understood."""
    words = order.split()
    if words == ["passed"]:
        return json.dumps({name: proxy.passed for name, proxy in proxies.items()})
    try:
        names, mode, value = words[0].split(","), Mode(words[1]), float(words[2])
        chosen = [proxies[name] for name in names]
    except (IndexError, KeyError, ValueError) as error:
        return f"not understood: {order.strip()!r}: {error!r}"
    for proxy in chosen:
        proxy.set(mode, value)
    return UNDERSTOOD


def main() -> None:
    """Read from the environment which doors to open."""
    told = json.loads(os.environ[DOORS])
    doors = [Door(door["name"], door["port"], tuple(door["targets"])) for door in told]
    uvloop.run(serve(doors, int(os.environ[CONTROL])))


if __name__ == "__main__":
    main()
