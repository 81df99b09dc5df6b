"""Each row of the table of pages in docs/endpoints-reporting.md is true, and no path of reporting is without one."""

from services.reporting import app
from services.reporting.settings import Settings
from shared.words import Answer, Confidentiality
from tests.integration import page_rows
from tests.integration.intake.desk import lose_database
from tests.integration.page_rows import PageRow
from tests.integration.reporting import test_endpoints
from tests.integration.reporting.room import Room
from tests.integration.reporting.test_endpoints import PAGE, ROLES, filled
from tests.unit.reporting.invented import alert, incident, page

ROWS = page_rows.page_rows(PAGE)
READY = [row for row in ROWS if row.path == "/monitor/readyz"]
OTHERS = [row for row in ROWS if row not in READY]


async def ask(room: Room, row: PageRow) -> None:
    """As the one who is named."""
    async with room.client(ROLES[row.who] if row.who != "nobody" else None) as client:
        await page_rows.check(row, client, filled)


async def told(room: Room) -> None:
    """The story that the rows are about."""
    await room.fold(
        incident("smoke", at=60),
        alert("fire", incidents=["smoke"], coming=1),
        page("fire", "Kim", answer=Answer.COMING, eta_s=120),
        alert("help", confidentiality=Confidentiality.CONFIDENTIAL, building=None),
    )


@page_rows.of(OTHERS)
async def test_a_row_of_the_pages_is_true(row: PageRow, room: Room) -> None:
    await told(room)
    await ask(room, row)


@page_rows.of(READY)
async def test_a_row_is_true_of_a_service_that_consumes(row: PageRow, connected: Room) -> None:
    await page_rows.until_ready(connected.url, "monitor")
    await ask(connected, row)


@page_rows.of(ROWS, "PostgreSQL away")
async def test_a_row_is_true_while_postgresql_is_away(row: PageRow, room: Room, settings: Settings) -> None:
    await told(room)
    await room.pool.close()
    await lose_database(settings.database_url)
    await ask(room, row)


def test_every_path_of_reporting_has_a_row(settings: Settings) -> None:
    asked = {("GET", f"/monitor{row.path.partition('?')[0]}") for row in test_endpoints.ROWS}
    assert page_rows.untold(app.build(settings), asked | {row.place for row in ROWS}) == []
