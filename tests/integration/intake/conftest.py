"""A whole intake service on the real broker and a database of the test's own, with a key for every scope."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.embedded.kafka import Kafka
from services.intake.settings import Settings
from tests.integration.intake.desk import Intake, running


@pytest.fixture
def settings(kafka: Kafka, database_url: str) -> Settings:
    """As the run sets them."""
    return Settings(
        kafka_bootstrap_servers=",".join(kafka.bootstrap_servers),
        database_url=database_url,
        meldkamer_campus=Path("deploy/campus"),
        meldkamer_secret=SecretStr("a secret of this test, long enough to sign"),
        intake_keys_refresh_s=0.3,
    )


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[Intake]:
    """A ready service."""
    async with contextlib.AsyncExitStack() as stack:
        yield await stack.enter_async_context(running(settings))
