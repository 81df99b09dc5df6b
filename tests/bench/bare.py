"""The baseline of intake: a bare FastAPI handler that sends the same bytes with aiokafka and answers.

A process of its own, told by BARE_PORT, BARE_BOOTSTRAP and BARE_TOPIC; the record that it sends is the product's own,
made once.
"""

import contextlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Request
from fastapi.responses import Response

from shared.events import IncidentReported, Location, Source
from shared.wire import Outgoing, encode
from shared.words import Category, Certainty, Kind, Severity, Urgency

PATH = "/bare"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def record(topic: str) -> Outgoing:
    """What intake sends for the load's report, byte for byte as long."""
    event = IncidentReported(
        incident_id=UUID(int=1),
        kind=Kind.OTHER,
        category=Category.CAMPUS_TERRAIN,
        severity=Severity.MINOR,
        urgency=Urgency.UNKNOWN,
        certainty=Certainty.LIKELY,
        occurred_at=AT,
        received_at=AT,
        location=Location(building="F01", on_campus=True),
        source=Source(system="stories-general", device="sensor 17", external_id="load-000000000001"),
        title="Incident, sensor 17",
        text="Vibration above the threshold of the sensor.",
        dedup_key="incident:stories-general/stories-general:load-000000000001",
    )
    return encode(topic, "F01", event, "intake")


def build(bootstrap: str, topic: str) -> FastAPI:
    """The handler; whoever reads it knows what it costs."""
    sent = record(topic)
    producer: AIOKafkaProducer

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        nonlocal producer
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
        await producer.start()
        yield
        await producer.stop()

    app = FastAPI(lifespan=lifespan)

    @app.post(PATH)
    async def bare(request: Request) -> Response:
        await request.body()
        await producer.send_and_wait(sent.topic, sent.value, key=sent.key, headers=list(sent.headers))
        return Response(b'{"status":"published"}', 202, media_type="application/json")

    @app.get("/readyz")
    async def ready() -> Response:
        return Response()

    return app


def main() -> None:
    """The same settings of uvicorn as a service's (shared/web.py)."""
    app = build(os.environ["BARE_BOOTSTRAP"], os.environ["BARE_TOPIC"])
    config = uvicorn.Config(
        app,
        port=int(os.environ["BARE_PORT"]),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
