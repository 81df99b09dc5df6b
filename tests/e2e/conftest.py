"""One product for all stories, and for each story a house that no other has used."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.e2e import grounds
from tests.e2e.campus import Campus
from tests.e2e.exchange import Exchange
from tests.e2e.product import Product


@pytest.fixture(scope="session")
async def product() -> AsyncIterator[Product]:
    """The real thing, started once, in a folder that no other run of the tests closes to PostgreSQL's user."""
    with tempfile.TemporaryDirectory(prefix="meldkamer-stories-", ignore_cleanup_errors=True) as folder:
        product = Product(Path(folder))
        try:
            await product.start()
            yield product
        finally:
            await product.stop()


@pytest.fixture(scope="session")
async def exchange() -> AsyncIterator[Exchange]:
    """The server behind all phones."""
    async with Exchange() as exchange:
        yield exchange


@pytest.fixture(scope="session")
def houses() -> Iterator[str]:
    """Each house once."""
    return (grounds.house(number) for number in range(1, grounds.HOUSES + 1))


@pytest.fixture
async def campus(product: Product, exchange: Exchange, houses: Iterator[str]) -> AsyncIterator[Campus]:
    """A story: at its end everything runs again, nobody was told what nobody expected, and no service logged errors."""
    product.logs.mark()
    story = Campus(product, exchange, next(houses))
    yield story
    if product.broken:
        await product.whole()
    await story.ends()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What stories have measured, for whoever reads the run."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"noted: {name} {value}")
