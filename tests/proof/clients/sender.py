"""A source: says each thing until intake has taken it, and keeps what waits in a short memory as a panel does."""

import asyncio
from collections.abc import Sequence

import aiohttp
import orjson

from shared.campus import Scope
from tests.proof.clients.chance import chance
from tests.proof.clients.mix import PATHS, Report
from tests.proof.clients.outcome import Outcome, of_error, post
from tests.proof.history import How, Writer
from tests.proof.target import Target

TIMEOUT_S = 10.0
AT_ONCE = 4  # one that hangs does not stop the rest
REMEMBERED = 40  # of what waits; when more happens the source forgets it, and so it was never said
TRIES = 6
GIVING_UP = 0.1  # of the reports: not said again after a refusal, so that some stay refused
FILLING_S = 0.25  # how long a script gathers before it sends


class Sender:
    """One source of one scope; `lot` is how many it says at a time, 1 as a JSON object and more as NDJSON."""

    def __init__(self, name: str, scope: Scope, lot: int, target: Target, history: Writer, seed: int) -> None:
        self.name, self.scope, self.lot = name, scope, lot
        self.forgotten = 0
        self._url = f"{target.intake}/intake/v1{PATHS[scope]}"
        kind = "application/json" if lot == 1 else "application/x-ndjson"
        self._headers = {**target.as_source(scope), "Content-Type": kind}
        self._history = history
        self._seed = seed
        self._waiting: asyncio.Queue[Report | None] = asyncio.Queue(REMEMBERED * lot)
        self._gathering = asyncio.Lock()
        self._closing = asyncio.Event()

    def offer(self, report: Report) -> None:
        """Something to say; forgotten when too much waits already."""
        try:
            self._waiting.put_nowait(report)
        except asyncio.QueueFull:
            self.forgotten += 1

    async def run(self) -> None:
        """Until `close`: say what was offered, a few at a time."""
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as client, asyncio.TaskGroup() as lanes:
            for _ in range(AT_ONCE):
                lanes.create_task(self._lane(client))

    def close(self) -> None:
        """Say nothing new and nothing again; what is under way gets its answer."""
        self._closing.set()
        while not self._waiting.empty():
            self._waiting.get_nowait()
        for _ in range(AT_ONCE):
            self._waiting.put_nowait(None)

    async def _lane(self, client: aiohttp.ClientSession) -> None:
        while reports := await self._gather():
            await self._say(client, reports)

    async def _gather(self) -> list[Report]:
        """The next to be said together; none at the end."""
        async with self._gathering:
            found = [await self._waiting.get()]
            if self.lot > 1 and not self._closing.is_set():
                await asyncio.sleep(FILLING_S)
            while len(found) < self.lot and not self._waiting.empty() and not self._closing.is_set():
                found.append(self._waiting.get_nowait())
        return [report for report in found if report is not None]

    async def _say(self, client: aiohttp.ClientSession, reports: Sequence[Report]) -> None:
        """Until each was taken, refused for good, or said often enough."""
        for n in range(1, TRIES + 1):
            outcomes = await self._try(client, reports, n)
            pairs = list(zip(reports, outcomes, strict=True))
            reports = [report for report, outcome in pairs if self._again(report, outcome)]
            if not reports or await self._closed_within(max(o.again_s or 0.0 for o in outcomes)):
                return

    async def _try(self, client: aiohttp.ClientSession, reports: Sequence[Report], n: int) -> Sequence[Outcome]:
        """One request. However it ends, each report in it has its lines."""
        for report in reports:
            self._history.write(
                self.name, "report", How.INVOKE, report.external_id, building=report.building, kind=report.kind,
                expects=report.expects, incident_id=str(report.incident_id), n=n,
            )  # fmt: skip
        outcomes = [of_error(asyncio.CancelledError())] * len(reports)
        try:
            body = b"\n".join(orjson.dumps(report.body) for report in reports)
            outcomes = _each(await post(client, self._url, body, self._headers), len(reports), self.lot)
        finally:
            for report, outcome in zip(reports, outcomes, strict=True):
                self._history.write(self.name, "report", outcome.how, report.external_id, **outcome.value)
        return outcomes

    def _again(self, report: Report, outcome: Outcome) -> bool:
        if outcome.again_s is None:
            return False
        return outcome.how is How.INFO or chance(self._seed, "gives up", report.external_id) >= GIVING_UP

    async def _closed_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._closing.wait()
        except TimeoutError:
            return False


def _each(outcome: Outcome, count: int, lot: int) -> list[Outcome]:
    """The outcome of each report of a request: all share it, but for those that were taken: each has its own answer."""
    if outcome.how is not How.OK:
        return [outcome] * count
    answers = [outcome.body] if lot == 1 else outcome.body
    return [_one(answer) for answer in answers]


def _one(answer: dict[str, object]) -> Outcome:
    problem = answer.get("problem")
    if not isinstance(problem, dict):
        return Outcome(How.OK, {"incident_id": answer["incident_id"]})
    status = int(problem["status"])
    return Outcome(How.FAIL, {"status": status}, 1.0 if status >= 500 else None)
