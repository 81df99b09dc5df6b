"""The process of the proxies: it obeys orders, costs little, and goes with its parent."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from deploy.embedded.ports import free_ports
from tests.integration.proof.proxied import Client, echo
from tests.proof.network import Door, Link, Network
from tests.proof.proxy import HOST, Mode

ROUNDS = 4000
WAYS = 2  # there and back


@asynccontextmanager
async def network(folder: Path, *doors: Door) -> AsyncIterator[Network]:
    """It runs."""
    it = Network(doors, free_ports(1)[0], folder / "network.log")
    await it.start()
    try:
        yield it
    finally:
        await it.stop()


@pytest.fixture
async def linked(tmp_path: Path) -> AsyncIterator[tuple[Link, int]]:
    """A link of two doors with an echo behind both, and the echo's port."""
    first, second, behind = free_ports(3)
    doors = [Door("intake-kafka-1", first, (behind,)), Door("intake-kafka-2", second, (behind,))]
    async with echo(behind), network(tmp_path, *doors) as running:
        yield Link("intake-kafka", tuple(doors), running), behind


def processor_s(pid: int) -> float:
    """Seconds of processor time that a process has used, as /proc/<pid>/stat tells."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


async def talk(port: int, rounds: int = 1) -> None:
    """Say something and hear it, so many times."""
    client = Client(*await asyncio.open_connection(HOST, port))
    for _ in range(rounds):
        await client.says(b"x" * 700)
    await client.leaves()


async def test_a_link_is_all_its_doors_and_tells_what_went_through_each(linked: tuple[Link, int]) -> None:
    link, _ = linked
    await link.set(Mode.REFUSE)
    for door in link.doors:
        with pytest.raises(ConnectionRefusedError):
            await talk(door.port)
    await link.up()
    await talk(link.doors[0].port)
    assert await link.network.passed() == {"intake-kafka-1": 1400, "intake-kafka-2": 0}


async def test_what_cannot_be_understood_is_said_and_changes_nothing(linked: tuple[Link, int]) -> None:
    link, _ = linked
    nowhere = Link("nowhere", (Door("nowhere", 1, ()),), link.network)
    with pytest.raises(ValueError, match="nowhere"):
        await nowhere.set(Mode.REFUSE)
    await talk(link.doors[0].port)


async def test_a_message_costs_a_few_microseconds(linked: tuple[Link, int]) -> None:
    link, _ = linked
    before = processor_s(link.network.pid)
    await talk(link.doors[0].port, ROUNDS)
    spent = processor_s(link.network.pid) - before
    assert spent / (WAYS * ROUNDS) < 50e-6  # 8-11 us where nobody else wants the processor


async def test_the_proxies_end_with_the_network(tmp_path: Path) -> None:
    port, behind = free_ports(2)
    async with echo(behind), network(tmp_path, Door("x", port, (behind,))) as running:
        pid = running.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(ConnectionRefusedError):
        await talk(port)
