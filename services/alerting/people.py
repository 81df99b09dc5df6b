"""Members, their presence, and who of a team can be paged now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from services.alerting.core.facts import Channel, Member, bhv_team
from shared.db import Connection
from shared.words import Function, Language

BHV_PREFIX = bhv_team("")


@dataclass(frozen=True, slots=True)
class Someone:
    """A member as kept: his teams, and where he says to be (`said` is False when he never said)."""

    member: Member
    teams: tuple[str, ...]
    said: bool
    building: str | None
    until: datetime | None

    def where(self, now: datetime) -> tuple[bool, str | None]:
        """(said, building) at this moment; a presence that ended counts as never said."""
        if self.until is not None and self.until <= now:
            return False, None
        return self.said, self.building

    def available(self, team: str, now: datetime) -> bool:
        """A BHV member must be present in his building; anyone else is there unless he says not to be."""
        said, building = self.where(now)
        if team.startswith(BHV_PREFIX):
            return building is not None and bhv_team(building) == team
        return not said or building is not None


class Roster:
    """Everybody, read again only when the version in the database has moved."""

    def __init__(self) -> None:
        self._version = -1
        self._people: Sequence[Someone] = ()

    async def teams(self, tx: Connection, version: int, now: datetime) -> Mapping[str, tuple[Member, ...]]:
        """By team: who can be paged now. A team without members has no key."""
        if version != self._version:
            self._people = await everybody(tx)
            self._version = version
        teams: dict[str, list[Member]] = {}
        for someone in self._people:
            for team in someone.teams:
                members = teams.setdefault(team, [])
                if someone.available(team, now):
                    members.append(someone.member)
        return {team: tuple(members) for team, members in teams.items()}


async def everybody(tx: Connection) -> list[Someone]:
    """All members in order of id."""
    rows = await tx.fetch(
        """
        SELECT m.*, p.member_id IS NOT NULL AS said, p.building, p.until
        FROM members m LEFT JOIN presence p USING (member_id) ORDER BY member_id
        """
    )
    return [_someone(row) for row in rows]


async def one(tx: Connection, member_id: str) -> Someone | None:
    """One member."""
    row = await tx.fetchrow(
        """
        SELECT m.*, p.member_id IS NOT NULL AS said, p.building, p.until
        FROM members m LEFT JOIN presence p USING (member_id) WHERE member_id = $1
        """,
        member_id,
    )
    return _someone(row) if row else None


async def put(tx: Connection, member: Member, teams: Sequence[str], now: datetime) -> bool:
    """Add or replace a member; True when he is new."""
    new: bool = await tx.fetchval(
        """
        INSERT INTO members (member_id, name, language, teams, functions, channels, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (member_id) DO UPDATE SET name = excluded.name, language = excluded.language,
            teams = excluded.teams, functions = excluded.functions, channels = excluded.channels,
            updated_at = excluded.updated_at
        RETURNING xmax = 0
        """,
        member.member_id,
        member.name,
        member.language,
        list(teams),
        [str(function) for function in member.functions],
        json.dumps([{"kind": channel.kind, "address": channel.address} for channel in member.channels]),
        now,
    )
    await _changed(tx)
    return new


async def delete(tx: Connection, member_id: str) -> bool:
    """Remove a member and his presence; pages of the past stay. False when there was none."""
    answer = await tx.execute("DELETE FROM members WHERE member_id = $1", member_id)
    await _changed(tx)
    return answer != "DELETE 0"


async def set_presence(
    tx: Connection, member_id: str, building: str | None, until: datetime | None, now: datetime
) -> bool:
    """Where a member says to be, from the next alert on; False when he is, or is just being, removed."""
    answer = await tx.execute(
        """
        WITH member AS (SELECT member_id FROM members WHERE member_id = $1 FOR KEY SHARE)
        INSERT INTO presence (member_id, building, until, changed_at)
        SELECT member_id, $2::text, $3::timestamptz, $4::timestamptz FROM member
        ON CONFLICT (member_id) DO UPDATE
        SET building = excluded.building, until = excluded.until, changed_at = excluded.changed_at
        """,
        member_id,
        building,
        until,
        now,
    )
    if answer == "INSERT 0 0":
        return False
    await _changed(tx)
    return True


async def _changed(tx: Connection) -> None:
    """Tell every replica's `Roster`."""
    await tx.execute("UPDATE roster SET version = version + 1")


def _someone(row: Record) -> Someone:
    channels: list[dict[str, str]] = json.loads(row["channels"])
    member = Member(
        member_id=row["member_id"],
        name=row["name"],
        language=Language(row["language"]),
        functions=tuple(Function(function) for function in row["functions"]),
        channels=tuple(Channel(channel["kind"], channel["address"]) for channel in channels),
    )
    return Someone(member, tuple(row["teams"]), row["said"], row["building"], row["until"])
