"""One cluster for all tests of faults; each leaves it whole."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.proof import grounds
from tests.proof.cluster import Cluster


@pytest.fixture(scope="session")
async def running() -> AsyncIterator[Cluster]:
    """The product, one broker, two replicas of alerting."""
    with tempfile.TemporaryDirectory(prefix="meldkamer-proof-", ignore_cleanup_errors=True) as folder:
        async with Cluster(Path(folder), grounds.campus_file(), partitions=3) as cluster:
            yield cluster


@pytest.fixture
async def cluster(running: Cluster) -> Cluster:
    """It is whole when a test begins."""
    await running.healed()
    return running
