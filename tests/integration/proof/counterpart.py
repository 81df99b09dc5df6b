"""A made-up service for a client to talk to over a real socket."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from deploy.embedded.ports import free_ports
from shared.campus import Scope
from tests.proof.target import Target

SEED = 1
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def service(handler: Handler | None = None) -> AsyncIterator[Target]:
    """Answers everything so, or 200 when nothing is said; it is intake and alerting at once."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler or _fine)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    port, phones = free_ports(2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    base = f"http://127.0.0.1:{port}"
    try:
        yield Target(
            intake=base, alerting=(base,), reporting=base, keys=dict.fromkeys(Scope, "key"), sources={},
            admin_token="", bootstrap=(), database_url="", phones_port=phones, phones_url=f"http://127.0.0.1:{phones}",
        )  # fmt: skip
    finally:
        await runner.cleanup()


async def _fine(_: web.Request) -> web.StreamResponse:
    return web.Response()
