"""Those who are paged: their phones take messages or fail to, they answer, change their minds, and try again."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from services.alerting.api_pages import take_answer
from services.alerting.channels.outcome import Never, Outcome, Retry, Sent
from services.alerting.shapes import AnswerIn
from shared.words import Answer, MessageType
from tests.simulation.replica import TIMEOUT_S, Alerting
from tests.simulation.world import PROCESS, World

TRIES = 6
ANSWERS = (Answer.COMING,) * 6 + (Answer.ARRIVED,) + (Answer.NOT_COMING,) * 3 + (None,) * 2
SECOND_THOUGHTS = (Answer.ARRIVED, Answer.ARRIVED, Answer.NOT_COMING, Answer.COMING)


class People:
    """`heard` has a line for each time a phone took a message, `refused` counts its refusals for good; `said` are the
    answers that somebody tried to give.
    """

    def __init__(self, world: World, anyone: Callable[[], Alerting | None]) -> None:
        self.world = world
        self.heard: dict[str, list[Mapping[str, Any]]] = {}
        self.refused: Counter[str] = Counter()
        self.said: set[tuple[UUID, Answer]] = set()
        self.recorded: set[tuple[UUID, Answer]] = set()
        self.busy = 0
        self._anyone = anyone

    async def ring(self, address: str, key: str, body: Mapping[str, Any]) -> Outcome:
        """A channel: the phone takes the message, now and then without our knowing, or does not."""
        process = PROCESS.get()
        await process.step("ring")
        if not self.world.chance(self.world.weather.phones):
            self._take(address, key, body)
            await process.step("rung")
            return Sent(delivered=self.world.random.random() < 0.8)
        what = self.world.random.choice(("later", "never", "silent", "unknown", "broken"))
        self.world.trouble(address, f"{key[:13]}: {what}")
        if what == "unknown":
            self._take(address, key, body)
        if what in {"unknown", "silent"}:
            await self.world.loop.pause(TIMEOUT_S * 2)
        if what == "broken":
            raise OSError("the line is bad")
        if what == "never":
            self.refused[key] += 1
            return Never("no such phone")
        return Retry("try later")

    def _take(self, address: str, key: str, body: Mapping[str, Any]) -> None:
        known = key in self.heard
        self.heard.setdefault(key, []).append(body)
        self.world.say(address, f"hears {body['type']} of step {body['step']} ({key})")
        if not known and body["type"] == MessageType.PAGE:
            self.busy += 1
            self.world.loop.create_task(self._react(UUID(str(body["page_id"])), address), context=self.world.outside)

    async def _react(self, page_id: UUID, who: str) -> None:
        """One person called: answers after a while, or not, and perhaps thinks better of it."""
        chance = self.world.random
        try:
            await self.world.loop.pause(chance.uniform(0.02, 1.8))
            answer = chance.choice(ANSWERS)
            if answer is None:
                return
            eta_s = chance.randint(1, 3) if chance.random() < 0.3 else None
            await self._answer(page_id, who, answer, eta_s)
            if chance.random() < 0.2:
                await self.world.loop.pause(chance.uniform(0.1, 2.0))
                await self._answer(page_id, who, chance.choice(SECOND_THOUGHTS), None)
        finally:
            self.busy -= 1

    async def _answer(self, page_id: UUID, who: str, answer: Answer, eta_s: int | None) -> None:
        """Press the button until it says yes, at whichever replica is there."""
        self.said.add((page_id, answer))
        body = AnswerIn(answer=answer, eta_s=eta_s)
        for _ in range(TRIES):
            replica = self._anyone()
            if replica and await replica.asked(partial(_tell, page_id=page_id, body=body)):
                self.world.say(who, f"answers {answer} to {str(page_id)[:8]} at {replica.name}")
                if (page_id, answer) not in self.recorded:
                    self.world.wrong("an answer of 200 is recorded", f"{who}: {answer} to {page_id}")
                return
            await self.world.loop.pause(0.3)


async def _tell(replica: Alerting, page_id: UUID, body: AnswerIn) -> None:
    await take_answer(replica.decider, page_id, body, None)
