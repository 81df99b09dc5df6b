"""The one port passes everything on, and says so when it cannot."""

import asyncio
import gzip
import io
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from deploy.embedded.frontdoor import FrontDoor
from deploy.embedded.ports import free_ports

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def service(handler: Handler) -> AsyncIterator[int]:
    """A service on a free port that answers every path with `handler`."""
    port = free_ports(1)[0]
    app = web.Application(client_max_size=8 * 2**20)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield port
    finally:
        await runner.cleanup()


@asynccontextmanager
async def door(**routes: list[int]) -> AsyncIterator[aiohttp.ClientSession]:
    """A front door before these ports, and a client at it."""
    port = free_ports(1)[0]
    async with FrontDoor(port, routes), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
        yield client


async def echo(request: web.Request) -> web.Response:
    """What arrived, as JSON, with two cookies."""
    body = await request.read()
    answer = web.json_response(
        {"path": request.raw_path, "headers": dict(request.headers), "size": len(body)}, status=202
    )
    answer.headers.add("Set-Cookie", "a=1")
    answer.headers.add("Set-Cookie", "b=2")
    return answer


async def test_a_request_arrives_as_it_was_sent_and_says_who_sent_it() -> None:
    async with service(echo) as port, door(intake=[port]) as client:
        forged = {"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer k"}
        async with client.post(URL("/intake/v1/x?a=b%2Fc", encoded=True), data=b"{}", headers=forged) as answer:
            told = await answer.json()
            assert answer.status == 202
            assert answer.headers.getall("Set-Cookie") == ["a=1", "b=2"]
            assert "Server" not in answer.headers
    assert told["path"] == "/intake/v1/x?a=b%2Fc"
    assert told["headers"]["Authorization"] == "Bearer k"
    assert told["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert told["headers"]["X-Forwarded-Proto"] == "http"
    assert told["headers"]["X-Forwarded-Host"] == told["headers"]["Host"]


async def test_a_body_of_two_mebibytes_goes_through_with_and_without_a_length() -> None:
    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield b"x" * 65536

    async with service(echo) as port, door(intake=[port]) as client:
        for body in (io.BytesIO(b"x" * 2**21), in_parts()):
            async with client.post("/intake/v1/x", data=body) as answer:
                assert (await answer.json())["size"] == 2**21


async def test_an_event_stream_flows_while_it_is_open_and_ends_with_its_reader() -> None:
    gate, left = asyncio.Event(), asyncio.Event()

    async def stream(request: web.Request) -> web.StreamResponse:
        out = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await out.prepare(request)
        await out.write(b"data: 1\n\n")
        await gate.wait()
        try:
            while True:
                await out.write(b"data: 2\n\n")
                await asyncio.sleep(0.01)
        except ConnectionError:
            left.set()
            raise

    async with service(stream) as port, door(monitor=[port]) as client:
        async with client.get("/monitor/v1/live") as answer:
            assert answer.content_type == "text/event-stream"
            assert await answer.content.readuntil(b"\n\n") == b"data: 1\n\n"
            gate.set()
            assert await answer.content.readuntil(b"\n\n") == b"data: 2\n\n"
        await asyncio.wait_for(left.wait(), 5)


async def test_a_service_that_is_down_gives_502_as_a_problem_with_retry_after() -> None:
    async with door(intake=free_ports(1)) as client, client.post("/intake/v1/x", data=b"{}") as answer:
        assert answer.status == 502
        assert answer.headers["Retry-After"] == "1"
        assert answer.content_type == "application/problem+json"
        assert (await answer.json())["status"] == 502


async def test_the_next_replica_answers_when_one_refuses_the_connection() -> None:
    async with service(echo) as port, door(alerting=[*free_ports(1), port]) as client:
        for body in (b"x" * 2**19, b"small"):
            async with client.post("/alerting/v1/x", data=body) as answer:
                assert (await answer.json())["size"] == len(body)


async def test_a_post_that_reached_a_service_is_not_sent_again() -> None:
    seen: list[str] = []

    async def drop(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with (
        service(drop) as first,
        service(drop) as second,
        door(intake=[first, second]) as client,
        client.post("/intake/v1/x", data=b"{}") as answer,
    ):
        assert answer.status == 502
    assert seen == ["/intake/v1/x"]


async def test_an_answer_that_breaks_off_breaks_off_for_the_caller_too() -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        out = web.StreamResponse()
        await out.prepare(request)
        await out.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return out

    async with service(half) as port, door(monitor=[port]) as client:
        with pytest.raises(aiohttp.ClientError):
            async with client.get("/monitor/v1/reports/year") as answer:
                await answer.read()


async def test_the_root_leads_to_the_monitor_and_an_unknown_path_says_what_there_is() -> None:
    async with door(monitor=free_ports(1)) as client:
        async with client.get("/", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, "/monitor/")
        async with client.get("/nothing") as answer:
            assert answer.status == 404
            assert "monitor" in (await answer.json())["detail"]


async def test_the_door_adds_little() -> None:
    async def answer_at_once(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async with (
        service(answer_at_once) as port,
        door(intake=[port]) as through,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as direct,
    ):
        took = {client: [await _round_trip(client) for _ in range(100)] for client in (direct, through)}
    added = sorted(took[through])[50] - sorted(took[direct])[50]
    assert added < 0.010


async def _round_trip(client: aiohttp.ClientSession) -> float:
    began = time.perf_counter()
    async with client.post("/intake/v1/x", data=b"{}") as answer:
        await answer.read()
    return time.perf_counter() - began


async def test_a_taken_port_is_an_error_at_start() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        front = FrontDoor(taken.getsockname()[1], {})
        with pytest.raises(OSError, match="in use"):
            await front.start()
        await front.stop()


async def test_a_whole_address_asks_for_its_path_alone() -> None:
    async with service(echo) as port, FrontDoor(own := free_ports(1)[0], {"intake": [port]}):
        reader, writer = await asyncio.open_connection("127.0.0.1", own)
        writer.write(b"GET http://elsewhere:22/intake/v1?a=b%2Fc HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        told = await asyncio.wait_for(reader.read(), 5)
        writer.close()
    assert b'"path": "/intake/v1?a=b%2Fc"' in told


async def test_a_packed_body_is_passed_on_as_it_is() -> None:
    packed = gzip.compress(b"[" + b" " * 10_000_000)
    arrived: list[bytes] = []

    async def keep(request: web.Request) -> web.Response:
        arrived.append(b"".join([chunk async for chunk in request.content.iter_any()]))
        return web.Response()

    port = free_ports(1)[0]
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", keep)
    runner = web.AppRunner(app, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with (
            door(intake=[port]) as client,
            client.post("/intake/v1", data=packed, headers={"Content-Encoding": "gzip"}) as answer,
        ):
            assert answer.status == 200
    finally:
        await runner.cleanup()
    assert arrived == [packed]
