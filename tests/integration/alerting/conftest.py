"""Fixtures of the alerting service."""

from collections.abc import AsyncIterator

import pytest

from shared import db
from shared.db import Pool


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Alerting's connections."""
    async with await db.open_pool(database_url, "alerting") as opened_pool:
        yield opened_pool
