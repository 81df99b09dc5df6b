"""A whole intake service on the real broker and a database of the test's own, with a key for every scope."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.embedded.kafka import Kafka
from services.intake.settings import Settings
from shared.auth import hash_password
from tests.integration.intake.browsing import browser, log_in
from tests.integration.intake.desk import Intake, running, settings_of


@pytest.fixture
def settings(kafka: Kafka, database_url: str, tmp_path: Path) -> Settings:
    """As the run sets them, with the accounts of an adviser and an operator."""
    accounts = tmp_path / "accounts.json"
    rows = [("adviser", "confidential_adviser"), ("operator", "operator")]
    accounts.write_text(
        json.dumps([{"username": n, "password_hash": hash_password("pw"), "role": role} for n, role in rows])
    )
    return settings_of(kafka, database_url).model_copy(update={"meldkamer_accounts": accounts})


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[Intake]:
    """A ready service."""
    async with running(settings) as service:
        yield service


@pytest.fixture
async def adviser(intake: Intake) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which an adviser has logged in."""
    async with browser(intake) as client:
        await log_in(client, "adviser")
        yield client
