"""Each fault does what it says, and is undone."""

import asyncio
import signal
import time
from email.utils import parsedate_to_datetime

import aiohttp
import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from tests.integration.embedded_waits import until
from tests.integration.proof.looking import answers, becomes, is_frozen, lasting, says_ready, status
from tests.proof import clocks
from tests.proof.cluster import Cluster
from tests.proof.faults.freezing import children

pytestmark = pytest.mark.timeout(60)  # the machine may have more to do than it has cores


@pytest.mark.parametrize(("line", "ended"), [("kill intake", -signal.SIGKILL), ("term intake", -signal.SIGTERM)])
async def test_a_service_ends_stays_down_and_comes_back(cluster: Cluster, line: str, ended: int) -> None:
    before = cluster.parts["intake"].process
    async with lasting(cluster, line):
        assert before.exit_code == ended
        await asyncio.sleep(0.5)
        assert await says_ready(cluster, "intake") is None
    assert cluster.parts["intake"].process.pid != before.pid
    assert await says_ready(cluster, "intake") == 200


@pytest.mark.parametrize("name", ["alerting-a", "kafka-1"])
async def test_a_frozen_process_stands_still_and_goes_on_as_the_same(cluster: Cluster, name: str) -> None:
    pid = cluster.parts[name].process.pid
    async with lasting(cluster, f"freeze {name}"):
        await until(lambda: is_frozen(pid))
    assert cluster.parts[name].process.pid == pid
    await until(lambda: not is_frozen(pid))


async def test_a_frozen_service_answers_nobody(cluster: Cluster) -> None:
    async with lasting(cluster, "freeze reporting"):
        assert await says_ready(cluster, "reporting", within=0.5) is None
    assert await says_ready(cluster, "reporting") == 200


async def test_a_frozen_postmaster_takes_nobody_while_those_inside_work(cluster: Cluster) -> None:
    inside = await asyncpg.connect(cluster.postgres.url)
    async with lasting(cluster, "freeze postgres postmaster"):
        assert not await answers(cluster.postgres.url, within=0.5)
        assert await inside.fetchval("SELECT 1", timeout=2) == 1
    assert await answers(cluster.postgres.url)
    await inside.close()


async def test_one_frozen_backend_is_that_of_a_service(cluster: Cluster) -> None:
    postmaster = cluster.postgres.process.pid
    async with lasting(cluster, "freeze postgres backend"):
        await until(lambda: sum(is_frozen(child) for child in children(postmaster)) == 1)
        assert not is_frozen(postmaster)
        assert await answers(cluster.postgres.url, within=5)
    await until(lambda: not any(is_frozen(child) for child in children(postmaster)))


async def test_a_frozen_server_answers_nobody(cluster: Cluster) -> None:
    inside = await asyncpg.connect(cluster.postgres.url)
    async with lasting(cluster, "freeze postgres whole"):
        assert not await answers(cluster.postgres.url, within=0.5)
        waiting = asyncio.create_task(inside.fetchval("SELECT 1"))
        assert not (await asyncio.wait([waiting], timeout=0.5))[0]
    assert await waiting == 1
    await inside.close()


async def test_a_blocked_event_loop_answers_only_when_it_is_free(cluster: Cluster) -> None:
    began = time.monotonic()
    async with lasting(cluster, "block alerting-b"):
        await asyncio.sleep(0.1)
        assert await says_ready(cluster, "alerting-b", within=1) is None
    assert await says_ready(cluster, "alerting-b", within=5) == 200
    assert time.monotonic() - began >= 3


@pytest.mark.skipif(clocks.library() is None, reason="libfaketime is not installed")
@pytest.mark.parametrize("by", [3600, -3600])
async def test_a_clock_is_off_while_it_lasts(cluster: Cluster, by: int) -> None:
    async def becomes_off(seconds: float) -> None:
        async with asyncio.timeout(10), aiohttp.ClientSession() as client:
            while abs(await off(client) - seconds) > 3:
                await asyncio.sleep(0.1)

    async def off(client: aiohttp.ClientSession) -> float:
        async with client.get(cluster.target.ready["alerting-a"]) as reply:
            return parsedate_to_datetime(reply.headers["Date"]).timestamp() - time.time()

    await becomes_off(0)
    async with lasting(cluster, f"clock alerting-a by {by}"):
        await becomes_off(by)
    await becomes_off(0)


async def test_another_member_joins_the_group_and_leaves(cluster: Cluster) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.kafka.bootstrap_servers)
    await admin.start()

    async def members(wanted: int) -> None:
        async with asyncio.timeout(15):
            while len((await admin.describe_consumer_groups(["alerting-a"]))[0].groups[0][5]) != wanted:
                await asyncio.sleep(0.1)

    try:
        await members(1)
        async with lasting(cluster, "join alerting-a"):
            await members(2)
        await members(1)
    finally:
        await admin.close()


@pytest.mark.parametrize("manner", ["kill", "clean"])
async def test_a_broker_ends_and_begins_again_on_its_data(cluster: Cluster, manner: str) -> None:
    before = cluster.parts["kafka-1"].process
    async with lasting(cluster, f"restart kafka-1 {manner}"):
        assert before.exit_code == {"kill": -signal.SIGKILL, "clean": 128 + signal.SIGTERM}[manner]
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.kafka.bootstrap_servers)
    await admin.start()
    assert "incidents.fire" in await admin.list_topics()
    await admin.close()


async def test_the_only_broker_keeps_its_data(cluster: Cluster) -> None:
    with pytest.raises(ValueError, match="nobody else has it"):
        async with lasting(cluster, "restart kafka-1 empty"):
            pytest.fail("it began")
    assert cluster.parts["kafka-1"].process.running


@pytest.mark.parametrize("manner", ["immediate", "kill"])
async def test_postgres_ends_and_recovers(cluster: Cluster, manner: str) -> None:
    before = cluster.postgres.process.pid
    async with lasting(cluster, f"restart postgres {manner}"):
        assert not await answers(cluster.postgres.url)
    assert cluster.postgres.process.pid != before
    assert await answers(cluster.postgres.url)


async def test_with_a_full_disk_postgres_gives_up_and_comes_back_when_there_is_room(cluster: Cluster) -> None:
    if cluster.disk is None:
        pytest.skip("nobody here may mount a small disk")
    owner = await asyncpg.connect(cluster.postgres.url)
    await owner.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
    await owner.execute("INSERT INTO kept VALUES (1)")
    async with lasting(cluster, "fill postgres"):
        with pytest.raises((asyncpg.PostgresError, OSError, asyncpg.InterfaceError)):
            await owner.execute("SELECT pg_switch_wal()")
        assert not await answers(cluster.postgres.url)
    owner = await asyncpg.connect(cluster.postgres.url)
    assert await owner.fetchval("SELECT count(*) FROM kept") == 1
    await owner.execute("DROP TABLE kept")
    await owner.close()


@pytest.mark.parametrize("line", ["refuse alerting-a-postgres", "blackhole alerting-a-postgres"])
async def test_a_link_that_fails_is_felt_by_one_and_by_nobody_else(cluster: Cluster, line: str) -> None:
    async with lasting(cluster, line) as hit:
        assert hit == ("alerting-a",)
        await becomes(cluster, "alerting-a", 503)
        assert await says_ready(cluster, "alerting-b") == 200
    assert await says_ready(cluster, "alerting-a") == 200


async def test_a_slow_link_is_slow_and_a_cut_one_says_half(cluster: Cluster) -> None:
    url = f"{cluster.target.intake}/intake/livez"
    async with lasting(cluster, "delay sender-intake by 0.4"):
        began = time.monotonic()
        assert await status(url, within=5) == 200
        assert time.monotonic() - began > 0.8
    async with lasting(cluster, "cut sender-intake by 150"):
        assert await status(url) is None
    assert await status(url) == 200
