"""The webhook channel on a real socket."""

import asyncio

from aiohttp import web

from services.alerting.channels.outcome import Sent
from services.alerting.channels.webhook import Settings, Webhook
from services.alerting.places import AGAIN, FIRST, SHARE
from tests.integration.proof.counterpart import service


async def test_a_server_is_called_by_as_many_at_once_as_there_are_places() -> None:
    places = FIRST // SHARE + AGAIN // SHARE
    everybody = asyncio.Barrier(places)

    async def answer(_: web.Request) -> web.StreamResponse:
        await everybody.wait()
        return web.Response()

    async with service(answer) as target:
        hook = Webhook(Settings(allow_private=True, timeout_s=5.0))
        outcomes = await asyncio.gather(*(hook.send(target.intake, str(n), {}) for n in range(places)))
        await hook.close()
    assert outcomes == [Sent(delivered=True)] * places
