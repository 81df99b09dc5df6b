"""Everything that a batch of incidents is decided on, locked and read in one round trip when nothing is open there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.alerting import store_read
from services.alerting.core.model import Alert
from shared.db import Connection

MOST_CLEARED = 20_000  # by a dedup key at once: more would outlast the transaction; the rest stays open


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which open alerts: those of `buildings`, and those that hold an open incident of these ids or dedup keys.

    Of `unknown` buildings, in which only the same key joins and each incident without one opens an alert of its own,
    those that hold an incident of one of the `keys`, open or not.

    At hand are their incidents of these `ids`, the open ones of each key in `cleared`, and one of each key in `keys`,
    open or not. What is confidential is found by its ids and keys alone, for nothing joins it.
    With `drills` also every drill that has called a team: a real alarm may need its people.
    """

    buildings: Sequence[str] = ()
    ids: Sequence[UUID] = ()
    cleared: Sequence[str] = ()
    keys: Sequence[str] = ()
    unknown: Sequence[str] = ()
    drills: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a batch of incidents is held against besides the alerts; all but the version as `Scene` has them.

    `known` are those of the ids asked for that an alert, also a closed one, holds.
    """

    known: frozenset[UUID]
    busy: frozenset[str]
    shelved: frozenset[tuple[str | None, str | None]]
    roster_version: int


async def gather(tx: Connection, wanted: Wanted, now: datetime) -> tuple[list[Alert], Standing]:
    """The alerts, locked in order of id and read as they are once locked; what else counts, as it was before the wait.

    Each way to an alert is looked up by its own index: the time it takes does not grow with the alerts that are kept.
    """
    rows = await tx.fetch(
        """
        WITH wanted AS (
            SELECT alert_id FROM alerts
            WHERE building = ANY($1::text[]) AND state <> 'closed' AND confidentiality <> 'confidential'
            UNION
            SELECT alert_id FROM alert_incidents WHERE incident_id = ANY($2::uuid[])
            UNION
            SELECT alert_id FROM alert_incidents WHERE dedup_key = ANY($3::text[]) AND NOT cleared
            UNION
            SELECT alert_id FROM alerts WHERE $4 AND drill AND state <> 'closed' AND teams_paged <> '{}'
            UNION
            SELECT a.alert_id FROM alerts a CROSS JOIN LATERAL (
                SELECT FROM alert_incidents WHERE alert_id = a.alert_id AND dedup_key = ANY($7::text[]) LIMIT 1) AS one
            WHERE a.building = ANY($6::text[]) AND a.state <> 'closed' AND a.confidentiality <> 'confidential'
        ), locked AS (
            SELECT a.* FROM alerts a
            WHERE a.alert_id = ANY(ARRAY(SELECT alert_id FROM wanted)) AND a.state <> 'closed'
            ORDER BY a.alert_id
            FOR UPDATE
        )
        SELECT standing.*, locked.*
        FROM (SELECT
            ARRAY(SELECT incident_id FROM alert_incidents WHERE incident_id = ANY($2::uuid[])) AS known,
            ARRAY(SELECT building FROM busy_buildings) AS busy,
            ARRAY(SELECT ARRAY[source, building] FROM shelved WHERE until > $5) AS shelved,
            (SELECT version FROM roster) AS roster_version
        ) AS standing
        LEFT JOIN locked ON true
        ORDER BY locked.alert_id
        """,
        list(wanted.buildings),
        list(wanted.ids),
        [*wanted.cleared, *wanted.keys],
        wanted.drills,
        now,
        list(wanted.unknown),
        list(wanted.keys),
    )
    alerts = [row for row in rows if row["alert_id"]]
    return await store_read.whole(tx, alerts, await _at_hand(tx, alerts, wanted)), _standing(rows[0])


async def _at_hand(tx: Connection, alerts: Sequence[Record], wanted: Wanted) -> list[Record]:
    if not alerts:
        return []
    return await tx.fetch(
        """
        SELECT * FROM alert_incidents WHERE alert_id = ANY($1::uuid[]) AND incident_id = ANY($2::uuid[])
        UNION
        (SELECT * FROM alert_incidents WHERE alert_id = ANY($1::uuid[]) AND dedup_key = ANY($3::text[]) AND NOT cleared
         LIMIT $5)
        UNION
        SELECT one.* FROM unnest($1::uuid[]) AS a CROSS JOIN unnest($4::text[]) AS k
        CROSS JOIN LATERAL (SELECT * FROM alert_incidents WHERE alert_id = a AND dedup_key = k LIMIT 1) AS one
        ORDER BY alert_id, n
        """,
        [row["alert_id"] for row in alerts],
        list(wanted.ids),
        list(wanted.cleared),
        list(wanted.keys),
        MOST_CLEARED,
    )


def _standing(row: Record) -> Standing:
    shelved = frozenset((source, building) for source, building in row["shelved"])
    return Standing(frozenset(row["known"]), frozenset(row["busy"]), shelved, row["roster_version"])
