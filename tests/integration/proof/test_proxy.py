"""The fault proxy over real sockets: each mode, on connections that were open before and on new ones."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from deploy.embedded.ports import free_ports, is_free
from tests.integration.proof.proxied import Echo, Road, echo, leading
from tests.proof.proxy import Mode


@pytest.fixture
async def road() -> AsyncIterator[Road]:
    """A road that is up, to one echo."""
    port, behind = free_ports(2)
    async with echo(behind) as server, leading(server, port, behind) as road:
        yield road


async def test_what_is_said_arrives_in_order_and_complete_on_many_connections_at_once(road: Road) -> None:
    async def talk(number: int) -> None:
        client = await road.client()
        for turn in range(20):
            data = bytes([number]) * (1 + 997 * turn)
            assert await client.says(data) == data

    await asyncio.gather(*(talk(number) for number in range(100)))
    assert road.proxy.passed == 2 * len(road.echo.heard) == 2 * 100 * sum(1 + 997 * turn for turn in range(20))


async def test_a_receiver_that_does_not_read_holds_its_sender_up_and_nothing_is_lost(road: Road) -> None:
    client = await road.client()
    data = bytes(range(256)) * 100_000
    client.writer.write(data)
    await asyncio.sleep(0.3)
    assert 0 < road.proxy.passed < 2 * len(data)
    assert await client.hears(len(data), within=10) == data


async def test_an_end_is_passed_on_and_what_was_said_before_it_too(road: Road) -> None:
    client = await road.client()
    client.writer.write(b"last words")
    client.writer.write_eof()
    assert await asyncio.wait_for(client.reader.read(), 2) == b"last words"


async def test_refuse_resets_who_is_connected_and_takes_nobody_until_it_is_over(road: Road) -> None:
    before = await road.client()
    assert await before.says(b"hello") == b"hello"
    road.proxy.set(Mode.REFUSE)
    await before.is_reset()
    with pytest.raises(ConnectionRefusedError):
        await road.client()
    assert not is_free(road.proxy.port), "somebody else could take the port"
    road.proxy.set(Mode.UP)
    after = await road.client()
    assert await after.says(b"hello again") == b"hello again"
    assert bytes(road.echo.heard) == b"hellohello again"


async def test_a_black_hole_stalls_who_is_connected_and_what_he_said_arrives_when_it_is_over(road: Road) -> None:
    before = await road.client()
    await before.says(b"a")
    road.proxy.set(Mode.BLACKHOLE)
    before.writer.write(b"late")
    await before.hears_nothing()
    assert bytes(road.echo.heard) == b"a"
    road.proxy.set(Mode.UP)
    assert await before.hears(4) == b"late"


async def test_where_a_receiver_left_while_nothing_moved_the_others_learn_what_holds_now(road: Road) -> None:
    client = await road.client()
    await client.says(b"b")
    road.proxy.set(Mode.DELAY, 60)
    client.writer.write(b"held")
    await asyncio.sleep(0.1)
    road.proxy.set(Mode.BLACKHOLE)
    await road.echo.resets_all()
    road.proxy.set(Mode.UP)
    await client.is_reset()
    assert await (await road.client()).says(b"again") == b"again"


async def test_a_black_hole_takes_new_connections_swallows_what_they_say_and_resets_them_when_it_is_over(
    road: Road,
) -> None:
    road.proxy.set(Mode.BLACKHOLE)
    client = await road.client()
    client.writer.write(b"lost")
    await client.hears_nothing()
    road.proxy.set(Mode.UP)
    await client.is_reset()
    assert bytes(road.echo.heard) == b""


async def test_a_delay_holds_in_each_way_keeps_the_order_and_ends_at_once(road: Road) -> None:
    client = await road.client()
    road.proxy.set(Mode.DELAY, 0.1)
    began = time.monotonic()
    for number in range(10):
        client.writer.write(bytes([number]))
        await asyncio.sleep(0.002)
    assert await client.hears(10) == bytes(range(10))
    assert 0.2 <= time.monotonic() - began < 0.6
    road.proxy.set(Mode.DELAY, 60)
    client.writer.write(b"later")
    await client.hears_nothing()
    road.proxy.set(Mode.UP)
    assert await client.hears(5) == b"later"


async def test_a_delayed_end_comes_after_what_was_said(road: Road) -> None:
    client = await road.client()
    road.proxy.set(Mode.DELAY, 0.05)
    client.writer.write(b"last words")
    client.writer.write_eof()
    assert await asyncio.wait_for(client.reader.read(), 2) == b"last words"


async def test_cut_ends_every_connection_at_once_in_disorder(road: Road) -> None:
    clients = [await road.client() for _ in range(20)]
    for client in clients:
        await client.says(b"x")
    road.proxy.set(Mode.CUT)
    await asyncio.gather(*(client.is_reset() for client in clients))


async def test_cut_after_some_bytes_ends_each_connection_in_mid_message(road: Road) -> None:
    before = await road.client()
    await before.says(b"x")
    road.proxy.set(Mode.CUT, 1000)
    new = await road.client()
    for client in (before, new):
        road.echo.heard.clear()
        client.writer.write(b"y" * 1500)
        await client.is_reset()
        await asyncio.sleep(0.05)
        assert len(road.echo.heard) == 1000
    road.proxy.set(Mode.UP)
    assert await (await road.client()).says(b"whole") == b"whole"
    assert road.echo.resets == 2


async def test_the_first_target_that_takes_the_connection_gets_it_and_they_take_turns() -> None:
    port, first, second = free_ports(3)
    async with echo(second) as alive, leading(alive, port, first, second) as road:
        assert [await (await road.client()).says(b"x") for _ in range(4)] == [b"x"] * 4
        async with echo(first) as other:
            for _ in range(4):
                await (await road.client()).says(b"y")
            assert bytes(other.heard) == b"yy"


async def test_where_no_target_takes_the_connection_the_client_is_reset() -> None:
    port, nobody = free_ports(2)
    async with leading(Echo(nobody), port, nobody) as road:
        await (await road.client()).is_reset()
