"""The one port: hands each request to its service by the path's prefix, streaming both ways.

Answers 502 with Retry-After when a service is down. A request is offered to another replica only when the
connection was refused, so a POST that reached a service is never repeated.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from deploy.embedded.ports import addresses

log = logging.getLogger(__name__)

HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
    "upgrade", "expect",
})  # fmt: skip
FORWARDED = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix", "forwarded")
SMALL = 65536  # an answer of known length up to this is passed on in one piece
KEEP_ALIVE_S = 30  # shorter than the services' 75 s, so that no request meets a connection that they just closed

Routes = Mapping[str, Sequence[int]]


class FrontDoor:
    """`async with FrontDoor(8080, {"intake": [8001], "alerting": [8002, 8004]}, home="/monitor/")`."""

    def __init__(self, port: int, routes: Routes, home: str = "/monitor/", host: str = "127.0.0.1") -> None:
        self._port, self._host = port, host
        self._routes = routes
        self._home = home
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken, be it on ::1 alone."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=2),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        app = web.Application()
        app.router.add_get("/", self._to_home)
        app.router.add_route("*", "/{prefix}{rest:(/.*)?}", self._pass_on)
        app.on_response_prepare.append(_without_server_name)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=1, auto_decompress=False
        )
        await self._runner.setup()
        for address in addresses(self._host):
            await web.TCPSite(self._runner, address, self._port).start()

    async def stop(self) -> None:
        """Stop listening and end the streams that are open."""
        if self._runner:
            await self._runner.cleanup()
        if self._session:
            await self._session.close()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except OSError:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _to_home(self, _: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(self._home)

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        """Find the service by the path's first word and relay its answer."""
        service = request.match_info["prefix"]
        ports = self._routes.get(service)
        if ports is None:
            return problem(404, f"no service answers under /{service}; there are {', '.join(sorted(self._routes))}")
        try:
            async with await self._ask(request, ports) as answer:
                return await _relay(request, answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("%s: %s", service, error)
            return problem(502, f"{service} does not answer just now; try again", {"Retry-After": "1"})

    async def _ask(self, request: web.Request, ports: Sequence[int]) -> aiohttp.ClientResponse:
        """The answer of the first replica that takes the connection."""
        if self._session is None:
            raise RuntimeError("the front door has not been started")
        refused: aiohttp.ClientConnectorError | None = None
        for port in ports:
            try:
                return await self._session.request(
                    request.method,
                    URL(f"http://127.0.0.1:{port}{_path(request)}", encoded=True),
                    headers=_request_headers(request),
                    data=request.content if request.body_exists else None,
                    allow_redirects=False,
                )
            except aiohttp.ClientConnectorError as error:  # refused: not one byte has been sent
                refused = error
        raise refused or aiohttp.ClientConnectionError("no port is known")


async def _relay(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    """Pass the answer on as it comes; one that breaks off midway breaks off here as well."""
    headers = CIMultiDict((n, v) for n, v in answer.headers.items() if n.lower() not in HOP_BY_HOP)
    length = answer.content_length
    if length is not None and length <= SMALL and request.method != "HEAD":
        body = await answer.read()
        return web.Response(status=answer.status, reason=answer.reason, headers=headers, body=body)
    out = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
    await out.prepare(request)
    try:
        async for chunk in answer.content.iter_any():
            await out.write(chunk)
    except aiohttp.ClientPayloadError:
        if request.transport:
            request.transport.abort()
        return out
    await out.write_eof()
    return out


async def _without_server_name(_: web.Request, response: web.StreamResponse) -> None:
    """Nobody needs to know what software this is."""
    response.headers.pop("Server", None)


def _path(request: web.Request) -> str:
    """The path and query as they came; of a whole address (RFC 9112, 3.2.2) these alone: the host is ours."""
    return request.raw_path if request.raw_path.startswith("/") else request.rel_url.raw_path_qs


def _request_headers(request: web.Request) -> CIMultiDict[str]:
    """What the caller sent, with our own word on who that is: nobody in front of us could have said it."""
    headers = CIMultiDict((n, v) for n, v in request.headers.items() if n.lower() not in (*HOP_BY_HOP, *FORWARDED))
    headers["X-Forwarded-For"] = request.remote or ""
    headers["X-Forwarded-Proto"] = request.scheme
    headers["X-Forwarded-Host"] = request.host
    return headers


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An RFC 9457 answer of the front door itself."""
    titles = {404: "Not Found", 502: "Bad Gateway"}
    body = {"type": "about:blank", "title": titles[status], "status": status, "detail": detail}
    return web.Response(
        status=status, text=json.dumps(body), content_type="application/problem+json", headers=headers
    )  # fmt: skip
