"""Where the acts are played: says what happens, plays the members who answer, and ends what it began."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from uuid import UUID

from pydantic import JsonValue

from deploy.demo.acts import Act
from deploy.demo.cast import Cast, next_arrival, next_reply
from deploy.demo.product import AlertSeen, Product
from shared.words import AlertState, Answer

MARK = "demo-"
LOOKS_FOR_ALERT = 8
LOOKS_FOR_PEOPLE = 240
WORDS = {
    AlertState.PAGING: "people are looked for again",
    AlertState.STAFFED: "enough people are coming",
    AlertState.EXHAUSTED: "nobody is left to page",
    AlertState.CLOSED: "closed",
}


@dataclass
class Stage:
    """One run of the demonstration. `sleep` waits, `now` tells the time, `write` prints a line."""

    product: Product
    names: dict[str, str]
    human: str | None
    sleep: Callable[[float], Awaitable[None]]
    now: Callable[[], datetime]
    write: Callable[[str], None]
    own: set[UUID] = field(default_factory=set)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def say(self, words: str) -> None:
        """One calm line."""
        self.write(f"{self.now().astimezone():%H:%M:%S} {words}")

    def building(self, code: str | None) -> str | None:
        """The building of that code; a campus without it lends its first."""
        return code if code is None or code in self.names else next(iter(self.names), None)

    def head(self, alert: AlertSeen) -> str:
        """Plan and building, to begin a line with."""
        return f"{alert.plan}, {self.names.get(alert.building, alert.building)}" if alert.building else alert.plan

    async def play(self, act: Act) -> None:
        """Report, let people answer and come, restore, close. Sent again with the same name until it is taken."""
        building = self.building(act.building)
        body = self._body(act, building)
        words = act.says.format(building=self.names.get(building or "", building))
        self.say(words)
        incidents = await self.product.report(act.path, act.scope, body)
        self.own.update(incidents)
        alert = await self.find(set(incidents))
        if alert is None:
            return
        await self.staff(alert.alert_id, Cast(self.human, act.only))
        if act.restores:
            await self.sleep(10)
            self.say(f"restored: {words}")
            self.own.update(await self.product.report(act.path, act.scope, body | {"event": "restored"}))
        await self.sleep(12)
        await self.end(alert.alert_id, act.closing)

    async def find(self, incidents: set[UUID]) -> AlertSeen | None:
        """The alert that took these up; None when nobody is paged for them."""
        for _ in range(LOOKS_FOR_ALERT):
            for alert in await self.product.open_alerts():
                if incidents & set(alert.incident_ids):
                    return alert
            await self.sleep(0.5)
        return None

    async def staff(self, alert_id: UUID, cast: Cast) -> None:
        """Play the members one after another until enough have arrived, or a person takes over."""
        step, last = 0, AlertState.PAGING
        for _ in range(LOOKS_FOR_PEOPLE):
            alert = await self.product.alert(alert_id)
            if not self.is_own(alert) or alert.state is AlertState.CLOSED:
                return
            if alert.step != step:
                step = await self._new_step(alert, cast)
            if alert.state is not last:
                last = alert.state
                self.say(f"{self.head(alert)}: {WORDS[last]}")
            if not await self._one_answer(alert, cast) and alert.state is not AlertState.PAGING:
                return
            await self.sleep(2.5)

    def is_own(self, alert: AlertSeen) -> bool:
        """Whether only our incidents made it: with anybody else's in it, it is left to people."""
        return self.own.issuperset(alert.incident_ids)

    async def end(self, alert_id: UUID, reason: str) -> None:
        """Close what we opened, unless somebody else's incident joined it or a person closed it."""
        alert = await self.product.alert(alert_id)
        if self.is_own(alert) and alert.state is not AlertState.CLOSED:
            await self.product.close(alert_id, reason or "Demonstration.")
            self.say(f"{self.head(alert)}: closed. {reason}")

    async def clear_old(self) -> int:
        """Close what an earlier run of the demonstration left open; how many."""
        closed = 0
        for alert in await self.product.open_alerts():
            names = [await self.product.name_of(incident) for incident in alert.incident_ids]
            if names and all(name.startswith(MARK) for name in names):
                await self.product.close(alert.alert_id, "The demonstration begins anew.")
                closed += 1
        return closed

    async def _new_step(self, alert: AlertSeen, cast: Cast) -> int:
        """Say who is paged; their tablets show it, but the human's, which is his own browser."""
        new = [page for page in alert.pages if page.step == alert.step]
        teams = ", ".join(dict.fromkeys(page.team for page in new))
        self.say(f"{self.head(alert)}: step {alert.step} pages {len(new)} of {teams or 'nobody'}")
        for page in new:
            if page.member_id != cast.human:
                await self.product.receive(page)
        return alert.step

    async def _one_answer(self, alert: AlertSeen, cast: Cast) -> bool:
        """The next answer or arrival; False when there is none to give."""
        if (reply := next_reply(alert, cast)) is not None:
            await self.product.answer(reply.page, reply.answer, reply.eta_s)
            self.say(f"{reply.page.member} is {reply.answer.replace('_', ' ')}")
            return True
        if alert.state is AlertState.STAFFED and (page := next_arrival(alert, cast)) is not None:
            await self.product.answer(page, Answer.ARRIVED)
            self.say(f"{page.member} has arrived")
            return True
        return False

    def _body(self, act: Act, building: str | None) -> dict[str, JsonValue]:
        """As the source sends it: where, when, and a name that a repeat shares."""
        body = dict(act.body) | {"external_id": f"{MARK}{self.now():%Y%m%d%H%M%S}-{next(self.numbers)}"}
        if act.scope == "traffic":
            return body | {"occurred_at": self.now().isoformat()}
        if act.scope == "general":
            place = body.get("location")
            return body | {"location": (place if isinstance(place, dict) else {}) | {"building": building}}
        return body | {"building": building}
