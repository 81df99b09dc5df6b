"""Open tablets see how many come: every change of an alert wakes those who were paged for it, in every replica.

What the deciding transaction costs is nothing: the change is told after its commit, many in one notice. Tablets are
woken a few at a time, so that a thousand of them do not stand at the door of the process that decides. A notice that
is lost with its process is no loss: its tablets connect again and look, and every tablet looks every 30 s.
"""

import asyncio
import json
import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from services.alerting.channels.tablet import CHANNEL, Tablets
from services.alerting.core.model import Alert
from shared import db
from shared.db import Pool

log = logging.getLogger(__name__)
GATHER_S = 0.1
AT_ONCE = 20  # tablets woken each GATHER_S
IN_A_NOTICE = 150  # ids; PostgreSQL takes 8,000 bytes
RETRY_S = 0.5


class Onlookers:
    """Two loops: `tell` announces the alerts that changed here, `wake` looks who in this process must see them."""

    def __init__(self, pool: Pool, tablets: Tablets) -> None:
        self._pool = pool
        self._tablets = tablets
        self._changed: set[UUID] = set()
        self._any = asyncio.Event()

    def changed(self, alerts: Iterable[Alert]) -> None:
        """These alerts were saved."""
        self._changed.update(alert.alert_id for alert in alerts)
        if self._changed:
            self._any.set()

    async def tell(self) -> None:
        """Until cancelled: announce what changed, at most every 0.1 s."""
        while True:
            await self._any.wait()
            await asyncio.sleep(GATHER_S)
            self._any.clear()
            alerts, self._changed = list(self._changed), set()
            try:
                await self._announce(alerts)
            except db.FAILURES as error:
                db.raise_unless_transient(error)
                log.warning("tablets are not told of new counts: %s", type(error).__name__)
                self._changed.update(alerts)
                self._any.set()
                await asyncio.sleep(RETRY_S)

    async def wake(self) -> None:
        """Until cancelled: wake the tablets of those who were paged for the alerts that any replica announced."""
        while True:
            alerts = {await self._tablets.alerts.get()}
            while not self._tablets.alerts.empty():
                alerts.add(self._tablets.alerts.get_nowait())
            try:
                members = await self._paged(alerts, self._tablets.members)
            except db.FAILURES as error:
                db.raise_unless_transient(error)
                continue  # LISTEN breaks with it, and everybody looks when it is back
            for first in range(0, len(members), AT_ONCE):
                for member_id in members[first : first + AT_ONCE]:
                    self._tablets.wake(member_id)
                await asyncio.sleep(GATHER_S)

    async def _announce(self, alerts: Sequence[UUID]) -> None:
        for first in range(0, len(alerts), IN_A_NOTICE):
            told = json.dumps({"alerts": [str(alert_id) for alert_id in alerts[first : first + IN_A_NOTICE]]})
            await self._pool.execute("SELECT pg_notify($1, $2)", CHANNEL, told)

    async def _paged(self, alerts: set[UUID], members: Sequence[str]) -> list[str]:
        """Those of the members who have a page of one of these alerts."""
        if not members:
            return []
        rows = await self._pool.fetch(
            "SELECT DISTINCT member_id FROM pages WHERE alert_id = ANY($1::uuid[]) AND member_id = ANY($2::text[])",
            list(alerts),
            list(members),
        )
        return [row["member_id"] for row in rows]
