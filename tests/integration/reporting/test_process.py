"""Reporting as a process: from the topics to the stream, and gone in time with streams open."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from deploy.embedded.kafka import Kafka
from services.reporting.settings import Settings
from shared import clock, topics, wire
from shared.publish import Publisher
from shared.words import Role
from tests.integration.reporting.room import SECRET, Reader, Room, session, until
from tests.unit.reporting.invented import START, incident


async def test_an_event_on_its_topic_reaches_the_stream_and_the_metrics(connected: Room, kafka: Kafka) -> None:
    publisher = Publisher(kafka.bootstrap_servers, "test")
    running = asyncio.create_task(publisher.run())
    await until(lambda: publisher.not_ready is None)
    now = (clock.now() - START).total_seconds()  # a snapshot shows the newest, and other tests have filled the topics
    event = incident(f"over the wire of {connected.url}", at=now)
    async with connected.live() as reader:
        await reader.next("snapshot")
        await publisher.publish(wire.encode(topics.FIRE.name, "HORST", event, "tests"))
        await _appears(reader, str(event.incident_id))
    running.cancel()
    async with connected.client() as client:
        ready = await client.get("/monitor/readyz")
        assert (ready.status_code, ready.json()["checks"]["consumer"]) == (200, "ok")
        metrics = (await client.get("/monitor/metrics")).text
    assert "meldkamer_view_lag_seconds" in metrics
    assert 'meldkamer_delivered_records_total{consumer="reporting"}' in metrics


async def test_without_a_broker_the_views_are_served_and_readiness_says_what_is_missing(room: Room) -> None:
    await room.fold(incident("smoke"))
    assert len((await room.get("/monitor/v1/incidents"))["items"]) == 1
    async with room.client() as client:
        ready = await client.get("/monitor/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"] == {"database": "ok", "consumer": "no partitions assigned yet", "delivery": "ok"}


async def test_sigterm_with_open_streams_ends_the_process_within_three_seconds(settings: Settings) -> None:
    with _process(settings) as (service, url):
        async with (
            httpx.AsyncClient(base_url=url, cookies={"meldkamer_session": session(Role.ADMIN)}) as client,
            contextlib.AsyncExitStack() as streams,
        ):
            await _answers(client)
            for _ in range(3):
                stream = await streams.enter_async_context(client.stream("GET", "/monitor/v1/live"))
                assert (await Reader(stream).next()).event == "snapshot"
            service.send_signal(signal.SIGTERM)
            await asyncio.to_thread(service.wait, 3)


async def _appears(reader: Reader, incident_id: str) -> None:
    """As a change, or in a snapshot when other tests have just filled the topics."""
    while True:
        told = await reader.next("incident", "snapshot", within=10)
        shown = [told.data] if told.event == "incident" else told.data["incidents"]
        if incident_id in [row["incident_id"] for row in shown]:
            return


@contextlib.contextmanager
def _process(settings: Settings) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The service on a free port, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "MELDKAMER_SECRET": SECRET,
        "REPORTING_PORT": str(port),
    }
    service = subprocess.Popen([sys.executable, "-m", "services.reporting"], env=environment, stderr=subprocess.DEVNULL)
    try:
        yield service, f"http://127.0.0.1:{port}"
    finally:
        service.kill()
        service.wait()


async def _answers(client: httpx.AsyncClient) -> None:
    """The process serves and its database is there."""
    for _ in range(300):
        with contextlib.suppress(httpx.TransportError):
            if (await client.get("/monitor/v1/incidents")).status_code == 200:
                return
        await asyncio.sleep(0.05)
    pytest.fail("the service did not start within 15 s")
