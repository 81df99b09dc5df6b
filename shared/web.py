"""The FastAPI application every service starts from: problems, limits, headers, health and offline documentation."""

import asyncio
import contextlib
import gc
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from types import FrameType

import uvicorn
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import apidocs, kafka_on_uvloop, logs, problems
from shared.health import Health
from shared.openapi import Documented
from shared.problems import Problem
from shared.settings import Common

BODY_LIMIT = 1024 * 1024
STOP_S = 10
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
HEADERS = {
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    b" img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
    b" manifest-src 'self'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
}


def create(title: str, prefix: str, health: Health, lifespan: Lifespan) -> FastAPI:
    """An application whose every path starts with the service's prefix."""
    app = Documented(
        title=title,
        version="1",
        lifespan=lifespan,
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    app.state.leaving = asyncio.Event()  # set at the first signal, so that open streams can end themselves
    app.include_router(health.router(prefix), include_in_schema=False)
    app.include_router(apidocs.router(app, prefix), include_in_schema=False)
    app.add_middleware(Guard)
    return app


class Guard:
    """Pure ASGI: refuses bodies over 1 MiB with 413 and adds the security headers that are not set."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if int(dict(scope["headers"]).get(b"content-length", b"0") or 0) > BODY_LIMIT:
            return await problems.response(_too_large())(scope, receive, _with_headers(send))
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > BODY_LIMIT:
                # FastAPI turns any other exception out of a body into a 400.
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large().detail)
            return message

        return await self._app(scope, counted, _with_headers(send))


def _too_large() -> Problem:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is over {BODY_LIMIT} bytes; send it in parts")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *((n, v) for n, v in HEADERS.items() if n not in present)]
        await send(message)

    return sending


@contextlib.asynccontextmanager
async def background(*loops: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Run loops beside the application. A loop that fails ends the process: its supervisor starts it anew."""
    tasks = [asyncio.create_task(_loop(loop), name=getattr(loop, "__qualname__", "loop")) for loop in loops]
    for task in tasks:
        task.add_done_callback(_die_if_failed)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=STOP_S)


async def _loop(loop: Callable[[], Awaitable[None]]) -> None:
    await loop()


def _die_if_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logging.getLogger(__name__).critical("%s ended", task.get_name(), exc_info=error)
        os._exit(70)


def serve(app: FastAPI, port: int, common: Common) -> None:
    """Run the application until SIGTERM. Access logs are off: they would record who asked what on the chat."""
    logs.set_up(common.meldkamer_log_level)
    kafka_on_uvloop.mend()
    config = uvicorn.Config(
        app,
        host=common.meldkamer_host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=common.meldkamer_proxies,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,
    )
    calm_collector()
    server = Server(config, app.state.leaving)
    server.run()
    if not server.started:
        raise SystemExit(3)


class Server(uvicorn.Server):
    """Says that it leaves before it waits for open responses to end: a live stream would never end by itself."""

    def __init__(self, config: uvicorn.Config, leaving: asyncio.Event) -> None:
        super().__init__(config)
        self._leaving = leaving

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal; the event loop looks within its tick of 0.1 s."""
        self._leaving.set()
        super().handle_exit(sig, frame)


def calm_collector() -> None:
    """What was built at start never dies: looking through it again and again cost a third of a batch's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()
