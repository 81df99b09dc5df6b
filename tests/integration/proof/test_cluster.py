"""The cluster: every link leads through its proxy, what dies comes back, nothing is left."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from shared.campus import Scope
from tests.integration.proof.looking import becomes
from tests.proof import grounds
from tests.proof.cluster import Cluster

pytestmark = pytest.mark.timeout(60)  # the machine may have more to do than it has cores


@asynccontextmanager
async def phones(port: int) -> AsyncIterator[asyncio.Queue[str]]:
    """Every message that comes, by its Idempotency-Key."""
    came: asyncio.Queue[str] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        came.put_nowait(request.headers["Idempotency-Key"])
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/{member}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield came
    finally:
        await runner.cleanup()


async def test_an_alarm_goes_through_every_link(cluster: Cluster) -> None:
    target = cluster.target
    before = await cluster.network.passed()
    member = {
        "name": "Anna", "language": "en", "teams": ["technician"],
        "channels": [{"kind": "webhook", "address": f"{target.phones_url}/anna"}],
    }  # fmt: skip
    report = {"kind": "power", "location": {"building": "X1"}}
    async with phones(target.phones_port) as came, aiohttp.ClientSession(raise_for_status=True) as client:
        for replica in target.alerting:
            async with client.put(f"{replica}/alerting/v1/members/anna", json=member, headers=target.as_person):
                pass
        url = f"{target.intake}/intake/v1/incidents"
        async with client.post(url, json=report, headers=target.as_source(Scope.GENERAL)):
            pass
        assert (await asyncio.wait_for(came.get(), 10)).endswith(":page")
        async with client.get(f"{target.reporting}/monitor/v1/alerts", headers=target.as_person):
            pass
        # an alarm alone may find the source's key kept: intake asks its database about one that nobody has
        nobody = {"Authorization": "Bearer nobody's"}
        async with client.post(url, json=report, headers=nobody, raise_for_status=False) as reply:
            assert reply.status == 401
    after = await cluster.network.passed()
    idle = {door for door in after if after[door] == before[door]}
    assert idle == {"person-alerting-any"}  # the answers' way: nobody answered


async def test_whoever_asks_for_alerting_gets_a_replica_that_lives(cluster: Cluster) -> None:
    url = f"http://127.0.0.1:{cluster.links['person-alerting'].ports[0]}/alerting/livez"
    with cluster.keeper.keep_down("alerting-a"):
        await cluster.parts["alerting-a"].process.kill()
        for _ in range(4):
            async with aiohttp.ClientSession() as client, client.get(url) as reply:
                assert reply.status == 200


async def test_what_dies_is_started_again_and_serves(cluster: Cluster) -> None:
    before = {name: part.process.pid for name, part in cluster.parts.items()}
    await cluster.parts["reporting"].process.kill()
    await becomes(cluster, "reporting", None, within=2)
    await cluster.healed()
    after = {name: part.process.pid for name, part in cluster.parts.items()}
    assert {name for name in after if after[name] != before[name]} == {"reporting"}


async def test_a_cluster_that_does_not_come_up_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="meldkamer-proof-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder), grounds.campus_file(), partitions=1)
        monkeypatch.setattr(cluster.kafka, "ready", _fails)
        with pytest.raises(RuntimeError, match="no broker today"):
            async with cluster:
                pytest.fail("it came up")
        for part in (cluster.parts["kafka-1"], cluster.parts["postgres"]):
            assert not part.process.running
        with pytest.raises(ProcessLookupError):
            os.kill(cluster.network.pid, 0)
        assert cluster.disk is None or not cluster.disk.folder.is_mount()


async def _fails() -> None:
    raise RuntimeError("no broker today")
