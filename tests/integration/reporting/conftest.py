"""Fixtures of the reporting service."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.embedded.kafka import Kafka
from services.reporting.settings import Settings
from tests.integration.reporting.room import NO_BROKER, SECRET, TOKEN, Room, running


@pytest.fixture
def settings(database_url: str) -> Settings:
    """As the run sets them, with a broker that is away: the views are served all the same."""
    return Settings(
        kafka_bootstrap_servers=NO_BROKER[0],
        database_url=database_url,
        meldkamer_campus=Path("deploy/campus"),
        meldkamer_secret=SecretStr(SECRET),
        meldkamer_admin_token=SecretStr(TOKEN),
    )


@pytest.fixture
async def room(settings: Settings) -> AsyncIterator[Room]:
    """A service without a broker; tests fold events in themselves."""
    async with running(settings) as room:
        yield room


@pytest.fixture
async def connected(settings: Settings, kafka: Kafka) -> AsyncIterator[Room]:
    """A service that consumes."""
    there = settings.model_copy(update={"kafka_bootstrap_servers": ",".join(kafka.bootstrap_servers)})
    async with running(there) as room:
        yield room
