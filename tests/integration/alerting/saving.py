"""A story of the pure core, kept as alerting keeps it."""

from datetime import timedelta
from uuid import uuid4

from services.alerting import store_read, store_write
from services.alerting.store_write import Lease
from shared import db
from shared.db import Pool
from tests.unit.alerting.world import NOW, Story


async def saved(pool: Pool, story: Story) -> Story:
    """The story with its last decision in the database."""
    lease = Lease(uuid4(), NOW + timedelta(seconds=5), NOW)
    async with db.transaction(pool) as tx:
        before = await store_read.read_alerts(tx, [story.alert.alert_id])
        await store_write.save(tx, before, [story.last], NOW, lease)
    return story
