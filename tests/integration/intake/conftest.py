"""A whole intake service on the real broker and a database of the test's own, with a key for every scope."""

from collections.abc import AsyncIterator

import pytest

from deploy.embedded.kafka import Kafka
from services.intake.settings import Settings
from tests.integration.intake.desk import Intake, running, settings_of


@pytest.fixture
def settings(kafka: Kafka, database_url: str) -> Settings:
    """As the run sets them."""
    return settings_of(kafka, database_url)


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[Intake]:
    """A ready service."""
    async with running(settings) as service:
        yield service
